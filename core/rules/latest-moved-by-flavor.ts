import { display } from '../image/template.ts';
import type { Edit } from '../text/span.ts';
import type { Start } from '../usage/starts.ts';
import type { Metadata } from '../usage/usage.ts';
import { setStepInput } from '../workflow/inputEdit.ts';
import type { Rule, RuleContext } from './rule.ts';
import { pushedBy } from './shared/pushed.ts';

/** metadata-action adds `latest` by itself, unseen in the list of tags. */
export const latestMovedByFlavor: Rule = {
  id: 'latest-moved-by-flavor',
  title: 'metadata-action adds `latest` unseen, where it may be the wrong image’s name',
  severity: 'info',
  fixable: true,
  visit: {
    metadata(metadata, context) {
      if (metadata.latest !== 'auto' || !metadata.addsLatest || !isPushed(metadata, context)) return;
      const reason = protectedBy(metadata, context) ?? looseRow(metadata) ?? oldLines(metadata);
      if (!reason) return;
      const { step } = metadata;
      const edit = switchedOff(metadata, context.text);
      context.report({
        at: step.with?.entries.get('flavor')?.value.span ?? step.uses?.span ?? metadata.at,
        message: `\`flavor: latest=auto\`, the default, adds \`latest\` to the tags here${reason}`,
        related: metadata.rows
          .filter(isRelease)
          .slice(0, 1)
          .map(({ item }) => ({ span: item.span, message: 'This row brings it along.' })),
        ...(edit && { fix: { title: 'Set `latest=false`', safe: true, edits: [edit] } }),
      });
    },
  },
};

/** Its `latest` really goes to a registry. */
function isPushed({ step, job }: Metadata, { usage }: RuleContext): boolean {
  const station = `output tags of step ${step.id?.value}`;
  return pushedBy(usage).some(
    ({ usage: { job: other }, forms }) =>
      (other === job || other.needs.some(({ value }) => value === job.id.value)) &&
      forms.some(
        ({ parts }) =>
          parts.tag?.value.some(({ via }) => via.some(({ what }) => what === station)) && display(parts.tag.value).includes('latest'),
      ),
  );
}

function isRelease({ type, attributes }: Metadata['rows'][number]): boolean {
  return (
    /^(?:semver|pep440|match)$/.test(type) ||
    (type === 'ref' && attributes.some(({ key, value }) => key.trim() === 'event' && display(value) === 'tag'))
  );
}

/** The policy says who moves `latest`. */
function protectedBy({ images }: Metadata, { workspace }: RuleContext): string | undefined {
  return images.some(({ template }) => workspace.policy.isProtected(display(template), 'latest') === true)
    ? ', although the policy protects that tag.'
    : undefined;
}

/** These rows take any git tag for a release; `semver` and `pep440` leave pre-releases out. */
function looseRow({ rows, latestStarts, defaultRows }: Metadata): string | undefined {
  const starts = latestStarts?.filter(({ on, seldom }) => on === 'tag' && !seldom) ?? [];
  const first = rows.find(isRelease);
  if (!starts.some(mayBePreRelease) || !first || /^(?:semver|pep440)$/.test(first.type)) return undefined;
  if (rows.some(({ type }) => type === 'semver' || type === 'pep440')) return undefined;
  const row = defaultRows ? 'its default row for git tags' : `\`type=${first.type}\``;
  return `: ${row} takes every git tag for a release, a release candidate too.`;
}

function mayBePreRelease({ names }: Start): boolean {
  return !names || names.some(name => !name.startsWith('!') && /\*$/.test(name));
}

/** Tags of several release lines start the workflow: a fix for the old one takes `latest` back. */
function oldLines({ latestStarts }: Metadata): string | undefined {
  const lines = new Set(
    latestStarts?.flatMap(({ on, names }) => (on === 'tag' ? (names ?? []) : [])).flatMap(name => /^v?(\d+)\./.exec(name)?.[1] ?? []),
  );
  return lines.size > 1
    ? `: a fix for version ${[...lines].sort((a, b) => Number(a) - Number(b))[0]} takes it back from version ${[...lines].sort((a, b) => Number(b) - Number(a))[0]}.`
    : undefined;
}

function switchedOff({ step }: Metadata, text: string): Edit | undefined {
  const flavor = step.with?.entries.get('flavor')?.value;
  if (!flavor) return setStepInput(text, step, 'flavor', 'latest=false');
  if (step.with?.flow || /latest/.test(flavor.value)) return undefined;
  if (flavor.style === 'PLAIN') return { span: { start: flavor.span.end, end: flavor.span.end }, text: ',latest=false' };
  if (flavor.style !== 'BLOCK_LITERAL') return undefined;
  const at = flavor.spanOf(0, 1).start;
  const indent = text.slice(text.lastIndexOf('\n', at) + 1, at);
  return /^ +$/.test(indent)
    ? { span: { start: at, end: at }, text: `latest=false${text.includes('\r\n') ? '\r\n' : '\n'}${indent}` }
    : undefined;
}
