import { parseYaml } from '../text/yaml.ts';
import { answers } from './answers.ts';
import { noPolicy, type Policy } from './policy.ts';
import { type PolicyProblem, SchemaProblems, yamlProblem } from './problems.ts';
import { knownKeys, policySchema } from './schema.ts';

export interface LoadedPolicy {
  /** Answers nothing where there are problems: half a policy would be another policy. */
  readonly policy: Policy;
  readonly problems: readonly PolicyProblem[];
}

/** Larger files are not read, in UTF-16 units: nobody writes them by hand. */
const maximumLength = 256 * 1024;

/** GitHub's own limit on what aliases may expand to. */
const maximumAliases = 1000;

/** Reads a policy file. `rules` are the rules that exist, with their titles; without them any name passes. Never throws. */
export function loadPolicy(text: string, rules?: ReadonlyMap<string, string>): LoadedPolicy {
  const failed = (problems: readonly PolicyProblem[]): LoadedPolicy => ({ policy: noPolicy, problems });
  const firstLine = { start: 0, end: text.search(/[\r\n]|$/) };
  if (text.length > maximumLength)
    return failed([{ message: `The policy is longer than ${maximumLength / 1024} kB and is not read.`, span: firstLine }]);
  const document = parseYaml(text, { prettyErrors: false, strict: true, logLevel: 'error' });
  if (document.errors.length > 0) return failed(document.errors.map(error => yamlProblem(error, text)));
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: maximumAliases });
  } catch (error) {
    return failed([{ message: `The policy cannot be read: ${(error as Error).message}.`, span: firstLine }]);
  }
  // An empty file, or one of comments, says nothing.
  if (data === null || data === undefined) return { policy: noPolicy, problems: [] };
  const schema = policySchema(rules);
  const parsed = schema.safeParse(data);
  if (!parsed.success) {
    const located = new SchemaProblems(document, text, path => knownKeys(schema, path));
    return failed(parsed.error.issues.flatMap(issue => located.of(issue)));
  }
  return { policy: answers(parsed.data), problems: [] };
}
