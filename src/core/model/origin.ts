/** Which commit and pipeline a run is for. */
export interface Origin {
  readonly commit: string | undefined;
  /** The tree has changes that are not in the commit. */
  readonly dirty: boolean;
  /** `CI_PIPELINE_IID`: rises with every pipeline of the project. */
  readonly pipeline: number | undefined;
  /** Of the pipeline, or of the repository; without credentials. */
  readonly url: string | undefined;
}

export type CommitRelation = 'same' | 'older' | 'newer' | 'unrelated' | 'unknown';
