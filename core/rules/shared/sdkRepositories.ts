import type { Span } from '../../text/span.ts';
import type { Step } from '../../workflow/model.ts';
import type { Scalar } from '../../workflow/scalar.ts';

/** A repository that a step's program creates with an SDK, and which settings the program speaks of. */
export interface SdkRepository {
  /** The call's name. */
  readonly at: Span;
  readonly freezesTags: boolean;
  readonly hasLifecycle: boolean;
  readonly scans: boolean;
}

const calls = ['create_repository(', 'createRepository(', 'CreateRepositoryCommand('];
/** Other services have repositories too. */
const isEcr = /\bclient\(\s{0,9}['"]ecr['"]|\bECRClient\b|\bnew (?:AWS\.)?ECR\(|@aws-sdk\/client-ecr\b/;
/** Longer programs are not looked through. */
const maxProgram = 64 * 1024;

/** Whether a file's text may hold such a program at all. */
export function mayCreate(text: string): boolean {
  return calls.some(call => text.includes(call));
}

/** The repositories that a step's program creates: Python or JavaScript in `run`, or in the script of `actions/github-script`. */
export function createdBySdk({ run, with: inputs }: Step): readonly SdkRepository[] {
  const program: Scalar | undefined = run ?? inputs?.entries.get('script')?.value;
  if (!program || program.value.length > maxProgram || !isEcr.test(program.value)) return [];
  const { value } = program;
  return calls.flatMap(call => {
    const start = value.indexOf(call);
    if (start < 0) return [];
    return [
      {
        at: program.spanOf(start, start + call.length - 1),
        freezesTags: /imageTagMutability\b|put_image_tag_mutability\b|putImageTagMutability\b|PutImageTagMutabilityCommand\b/.test(value),
        hasLifecycle: /put_lifecycle_policy\b|putLifecyclePolicy\b|PutLifecyclePolicyCommand\b/.test(value),
        scans: /imageScanningConfiguration\b|scanOnPush\b/.test(value),
      },
    ];
  });
}
