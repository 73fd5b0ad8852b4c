// Files that are a part of the program as they are: the build and the test runner read `?raw` as text.
declare module '*?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: the form of the bundlers
  export default text;
}
