import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build-program.ts',
    maxWorkers: '100%',
    // Syncs make many short-lived objects: with more room for them the collector runs less often.
    execArgv: ['--max-semi-space-size=64'],
    // No test changes what its process is, so modules are loaded once for each worker, not for each file. Workers are processes:
    // a thread that starts a program (git, in nearly every run) makes all others wait, for longer the more they all remember.
    pool: 'forks',
    isolate: false,
    // The style sheet of the page is a part of it.
    css: true,
    testTimeout: 90_000,
    hookTimeout: 30_000,
    // Tests do not go through bin/, which silences the SDK's warning to users.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
