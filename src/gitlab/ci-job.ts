/** What GitLab's predefined variables report about the job that appcfg runs in. Outside of one, only `isCi`, `isGitLab` and `isTag` are set. */
export interface CiJob {
  /** True in a pipeline: of GitLab, or of any CI that sets `CI`, as nearly all do. */
  readonly isCi: boolean;
  /** Its log shows colors and folds sections, without a terminal. */
  readonly isGitLab: boolean;
  readonly projectId: string | undefined;
  /** `group/name`. */
  readonly projectPath: string | undefined;
  readonly jobId: string | undefined;
  /** When the job began, in milliseconds since 1970. */
  readonly startedAt: number | undefined;
  readonly timeoutMs: number | undefined;
  /** The container image that it runs in. */
  readonly image: string | undefined;
  readonly pipelineId: string | undefined;
  /** Rises with every pipeline of the project. */
  readonly pipelineIid: number | undefined;
  readonly pipelineUrl: string | undefined;
  readonly commit: string | undefined;
  /** A branch or a tag. */
  readonly ref: string | undefined;
  readonly isTag: boolean;
  /** Undefined in pipelines of tags and merge requests. */
  readonly branch: string | undefined;
  readonly defaultBranch: string | undefined;
  /** Undefined in other pipelines than those of merge requests. */
  readonly mergeRequest:
    | {
        readonly iid: string;
        /** Of the project that it targets. */
        readonly projectId: string | undefined;
        readonly targetBranch: string | undefined;
        readonly url: string | undefined;
      }
    | undefined;
  /** Of GitLab's REST API. */
  readonly apiUrl: string | undefined;
  /** The environment whose deployment is the job itself (`environment: action: start`, which is the default). */
  readonly deploysTo: string | undefined;
}

/** Source: docs.gitlab.com, Predefined CI/CD variables. An empty variable counts as none. */
export function ciJob(environment: Readonly<Record<string, string | undefined>>): CiJob {
  const text = (name: string) => environment[`CI_${name}`] || undefined;
  const mergeRequest = text('MERGE_REQUEST_IID');
  // In a pipeline of a fork the merge request is in the project that it targets.
  const project = text('MERGE_REQUEST_PROJECT_URL') ?? text('PROJECT_URL');
  const mergeRequestProject = text('MERGE_REQUEST_PROJECT_ID') ?? text('PROJECT_ID');
  const iid = text('PIPELINE_IID') ?? '';
  const seconds = Number(text('JOB_TIMEOUT') ?? Number.NaN);
  const { CI, GITLAB_CI } = environment;
  return {
    isGitLab: GITLAB_CI === 'true',
    isCi: GITLAB_CI === 'true' || (CI !== undefined && CI !== '' && CI !== 'false'),
    projectId: text('PROJECT_ID'),
    projectPath: text('PROJECT_PATH'),
    jobId: text('JOB_ID'),
    startedAt: numberOf(Date.parse(text('JOB_STARTED_AT') ?? '')),
    timeoutMs: numberOf(seconds * 1000),
    image: text('JOB_IMAGE'),
    pipelineId: text('PIPELINE_ID'),
    pipelineIid: /^[0-9]+$/.test(iid) ? Number(iid) : undefined,
    pipelineUrl: text('PIPELINE_URL'),
    commit: text('COMMIT_SHA'),
    ref: text('COMMIT_REF_NAME'),
    isTag: text('COMMIT_TAG') !== undefined,
    branch: text('COMMIT_BRANCH'),
    defaultBranch: text('DEFAULT_BRANCH'),
    mergeRequest:
      mergeRequest === undefined
        ? undefined
        : {
            iid: mergeRequest,
            projectId: mergeRequestProject,
            targetBranch: text('MERGE_REQUEST_TARGET_BRANCH_NAME'),
            url: project && `${project}/-/merge_requests/${mergeRequest}`,
          },
    apiUrl: text('API_V4_URL'),
    deploysTo: (text('ENVIRONMENT_ACTION') ?? 'start') === 'start' ? text('ENVIRONMENT_NAME') : undefined,
  };
}

function numberOf(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
