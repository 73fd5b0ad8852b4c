/** Which commit and pipeline a run is for. */
export interface Origin {
  readonly commit: string | undefined;
  /** The tree has uncommitted changes. */
  readonly dirty: boolean;
  /** `CI_PIPELINE_IID`: grows with every pipeline of the project. */
  readonly pipeline: number | undefined;
  /** URL of the pipeline or the repository, without credentials. */
  readonly url: string | undefined;
}

export type CommitRelation = 'same' | 'older' | 'newer' | 'unrelated' | 'unknown';
