import { type HolePart, holes, type Template } from '../../image/template.ts';
import type { Span } from '../../text/span.ts';
import { type OutputReference, outputReferences } from '../../usage/outputReferences.ts';
import type { Job } from '../../workflow/model.ts';
import type { RuleContext } from '../rule.ts';

const prefix = 'sha256:';

/**
 * The digests that are written behind a `sha256:` by an expression of their own, `sha256:${{ steps.build.outputs.digest }}`, wherever
 * that is: also in inputs of actions that nobody knows. `before` is the `sha256:`.
 */
export function outputDigests({ text, usage }: RuleContext): readonly { readonly before: Span; readonly value: HolePart }[] {
  if (!/sha256:\$\{\{/.test(text)) return [];
  return outputReferences(usage.workflow).flatMap(reference => {
    const { span } = reference.places();
    const open = text.lastIndexOf('${{', span.start);
    if (open < prefix.length || text.slice(open + 3, span.start).trim() !== '' || text.slice(open - prefix.length, open) !== prefix)
      return [];
    const value = digestBehind(reference, usage);
    return value ? [{ before: { start: open - prefix.length, end: open }, value }] : [];
  });
}

/** The one thing that an output is, a step's or through a needed job's. */
function digestBehind({ context, owner, output, job }: OutputReference, file: RuleContext['usage']): HolePart | undefined {
  if (context === 'steps') return outputOf(job, owner, output, file);
  const needed = file.workflow.jobs.find(({ id }) => id.value === owner);
  const value = needed?.outputs?.entries.get(output)?.value.value ?? '';
  const [, step, name] = /^\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}$/.exec(value.trim()) ?? [];
  return needed && step && name ? outputOf(needed, step, name, file) : undefined;
}

function outputOf(job: Job, step: string, output: string, { scripts, usages }: RuleContext['usage']): HolePart | undefined {
  const script = scripts.find(other => other.job === job && other.step.id?.value === step)?.outputs.get(output);
  if (script) return only(script);
  const source = `steps.${step}.outputs.${output}`;
  const build = usages.find(usage => usage.kind === 'build' && usage.job === job && usage.digest === source);
  return build && { kind: 'hole', source, shape: 'digest', author: 'trusted', at: build.at, via: [] };
}

function only(template: Template): HolePart | undefined {
  const [part] = holes(template);
  return template.length === 1 && template[0] === part ? part : undefined;
}
