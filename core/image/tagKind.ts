/** What a tag is for, told from its name alone. */
export type TagKind =
  /** A place that is deployed to: `prod`, `staging`. */
  | 'environment'
  | 'latest'
  /** A name that moves with a branch or a release line: `main`, `edge`, `v1`, `1.4`. */
  | 'moving'
  | 'release'
  | 'commit'
  | 'pullRequest'
  | 'cache'
  /** What an environment named on a day: `prod-20261114-1a2b3c4`. */
  | 'trail'
  /** Cosign's and the referrers fallback's: `sha256-<hex>`, `.sig`, `.att`, `.sbom`. */
  | 'signature'
  | 'other';

/** In the order of a list: what moves first, machinery last. */
export const tagKinds: readonly TagKind[] = [
  'environment',
  'latest',
  'moving',
  'release',
  'trail',
  'commit',
  'pullRequest',
  'other',
  'cache',
  'signature',
];

const environments =
  'prod production prd live staging stage stg preprod pre-prod preproduction canary uat qa test testing dev development integration sandbox demo preview';
const moving = 'main master trunk develop edge nightly stable next beta alpha rc mainline head tip current lts snapshot';

const environment = new RegExp(`^(?:${words(environments)})(?:[-_.](?:blue|green|[a-z]{2}(?:-[a-z]+(?:-?\\d+)?)?))?$`);

// The first that matches decides, so the narrow names come before the wide ones.
const patterns: readonly (readonly [TagKind, RegExp])[] = [
  ['signature', /^sha256-[0-9a-f]{64}(?:\.(?:sig|att|sbom))?$/],
  ['trail', /^.+-\d{8}-[0-9a-f]{7}(?:-\d+)?$/],
  ['latest', /^latest$/],
  ['pullRequest', /^(?:pr|pull|mr)[-_/.]?\d+(?:[-_.].*)?$/i],
  ['commit', /^(?:(?:sha|git|commit)[-_])?[0-9a-f]{40}$/],
  ['commit', /^(?:sha|git|commit)[-_][0-9a-f]{7,40}$/],
  ['cache', /^(?:build-?|docker-?)?cache(?:[-_.].*)?$|[-_.](?:build-?)?cache$/i],
  ['release', /^v?\d+\.\d+\.\d+(?:[-_+.][0-9A-Za-z.+_-]+)?$/],
  ['moving', /^v?\d{1,4}(?:\.\d{1,4})?$/],
  ['environment', environment],
  ['moving', new RegExp(`^(?:${words(moving)})$`)],
];

/** The kind of `tag`; `other` where its name follows no custom we know. */
export function tagKind(tag: string): TagKind {
  return patterns.find(([, pattern]) => pattern.test(tag))?.[0] ?? 'other';
}

/** What a trail tag says: which tag it follows, on which day (`YYYY-MM-DD`) and of which short revision. */
export function parseTrail(
  tag: string,
): { readonly of: string; readonly day: string; readonly revision: string; readonly number: number } | undefined {
  const match = /^(.+)-(\d{4})(\d{2})(\d{2})-([0-9a-f]{7})(?:-(\d+))?$/.exec(tag);
  if (!match) return undefined;
  const [, of = '', year = '', month = '', day = '', revision = '', number] = match;
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return undefined;
  return { of, day: `${year}-${month}-${day}`, revision, number: number === undefined ? 1 : Number(number) };
}

const collator = new Intl.Collator('en', { numeric: true });

/** Orders tags as a person looks for them: by kind, then newest name first where names count up. */
export function compareTags(a: string, b: string): number {
  const kind = tagKind(a);
  const byKind = tagKinds.indexOf(kind) - tagKinds.indexOf(tagKind(b));
  if (byKind !== 0) return byKind;
  return kind === 'release' || kind === 'trail' || kind === 'pullRequest' || kind === 'moving'
    ? collator.compare(b, a)
    : collator.compare(a, b);
}

/** Orders other names of one image: where it runs and which release it is tell most, then as in a list. */
export function compareAliases(a: string, b: string): number {
  return telling(a) - telling(b) || compareTags(a, b);
}

/** 0 for the names that tell most. */
function telling(tag: string): number {
  const place = (['environment', 'release'] as readonly TagKind[]).indexOf(tagKind(tag));
  return place < 0 ? 2 : place;
}

function words(list: string): string {
  return list.split(' ').join('|');
}
