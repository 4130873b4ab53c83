import { alternatives, type HolePart, type Template } from '../../image/template.ts';
import type { Machine } from '../../text/machine.ts';
import { readPattern } from '../../text/pattern.ts';
import { findText, type TextPiece, textsOf } from '../../text/patternSearch.ts';

/**
 * Whom a pattern of identities lets in, the worst that is sure, with an identity that it accepts: anybody; every owner on GitHub; an owner
 * or a mail domain that others may register; a stranger's workflow because the pattern may match anywhere; or, of the owner's own, any repository, mailbox,
 * workflow or branch.
 */
export interface Weakness {
  readonly kind: 'anybody' | 'everyOwner' | 'owner' | 'domain' | 'anywhere' | 'repository' | 'mailbox' | 'workflow' | 'branch';
  readonly accepted: string;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const capitals = letters.toUpperCase();
const digits = '0123456789';

/** Values that a run gives and no stranger can choose stand for themselves in a pattern, each as a character that nobody writes. */
const tokens = { owner: '\ue000', repository: '\ue001', workflow: '\ue002', ref: '\ue003', sha: '\ue004' };
const allTokens = Object.values(tokens).join('');
const named: Readonly<Record<string, string>> = {
  [tokens.owner]: '${{ github.repository_owner }}',
  [tokens.repository]: '${{ github.event.repository.name }}',
  [tokens.workflow]: '<workflow>',
  [tokens.ref]: '${{ github.ref_name }}',
  [tokens.sha]: '${{ github.sha }}',
};

/** What a stranger puts into a name: nobody writes it into a pattern, so one that accepts it accepts any. */
const strange = ['evil', '-evil', 'EVIL', '666'];

const owner = `${letters}${capitals}${digits}-${allTokens}`;
const name = `${letters}${capitals}${digits}._-${allTokens}`;
const refName = `${name}/@+=,#!%&()';{}$<>|"\``;

/** An identity of GitHub Actions, `https://github.com/OWNER/REPO/.github/workflows/FILE@REF`, with something strange in one of its parts. */
function onGitHub(at: 'owner' | 'repository' | 'workflow' | 'branch', part: string): Machine {
  const of = (which: typeof at, characters: string): readonly TextPiece[] =>
    at === which ? [{ of: characters }, part, { of: characters }] : [{ of: characters, once: true }, { of: characters }];
  return textsOf([
    'https://github.com/',
    ...of('owner', owner),
    '/',
    ...of('repository', name),
    '/.github/workflows/',
    ...of('workflow', name),
    '.yml@refs/heads/',
    ...of('branch', refName),
  ]);
}

function onGitLab(part: string): Machine {
  const path = { of: `${name}/` };
  return textsOf([
    'https://gitlab.com/',
    { of: owner },
    part,
    { of: owner },
    '/',
    { of: name, once: true },
    path,
    '//',
    path,
    '@refs/',
    path,
  ]);
}

function byMail(at: 'domain' | 'mailbox', part: string): Machine {
  const mailbox = { of: `${name}+` };
  const domain = { of: `${letters}${digits}.-` };
  return at === 'domain'
    ? textsOf([{ of: name, once: true }, mailbox, '@', domain, part, domain])
    : textsOf([mailbox, part, mailbox, '@', { of: letters, once: true }, domain]);
}

type Place = 'github' | 'gitlab' | 'mail';

const issuers: readonly (readonly [string, Place])[] = [
  ['https://token.actions.githubusercontent.com', 'github'],
  ['https://gitlab.com', 'gitlab'],
  ['https://accounts.google.com', 'mail'],
  ['https://oauth2.sigstore.dev/auth', 'mail'],
  ['https://github.com/login/oauth', 'mail'],
  ['https://login.microsoftonline.com', 'mail'],
];

/** Whose identities an issuer's certificates hold: `undefined` for one that is not known here, `'any'` where a pattern lets every issuer in. */
export function placesOf(issuer: string, isPattern: boolean): readonly Place[] | 'any' | undefined {
  if (!isPattern) {
    const place = issuers.find(([known]) => known === issuer.replace(/\/$/, ''))?.[1];
    return place && [place];
  }
  const pattern = readPattern(issuer);
  if (!pattern) return undefined;
  if (accepts(pattern, 'https://evil.example')) return 'any';
  const found = issuers.filter(([known]) => accepts(pattern, known)).map(([, place]) => place);
  return found.length > 0 ? found : undefined;
}

/**
 * Looks for identities of strangers that a regular expression accepts, as cosign looks: in Go's syntax, anywhere in the identity. Of
 * issuers that are not known here (`places` is `undefined`) only a pattern that takes everything is judged.
 */
export function weaknessOf(pattern: Template, places: readonly Place[] | undefined): Weakness | undefined {
  for (const form of alternatives(pattern)) {
    const source = sourceOf(form);
    const machine = source === undefined ? undefined : readPattern(source);
    if (source === undefined || !machine) continue;
    const found = weaknessOfSource(source, machine, places);
    if (found) return { ...found, accepted: inWords(found.accepted) };
  }
  return undefined;
}

/** With what a run gives written as in a workflow. */
function inWords(accepted: string): string {
  const whole = accepted.replace(`${tokens.owner}/${tokens.repository}`, '${{ github.repository }}');
  return [...whole].map(one => named[one] ?? one).join('');
}

const ofStranger = 'https://github.com/evil/evil/.github/workflows/evil.yml@refs/heads/evil';

function weaknessOfSource(source: string, machine: Machine, places: readonly Place[] | undefined): Weakness | undefined {
  if (acceptsEverything(machine)) return { kind: 'anybody', accepted: 'https://github.com/evil/a/.github/workflows/a.yml@refs/heads/a' };
  if (places?.includes('github') && accepts(machine, ofStranger)) return { kind: 'everyOwner', accepted: ofStranger };
  const isAnchored = /^(?:\(\?[a-z]+\))?\(?(?:\^|\\A|https:)/.test(source);
  for (const place of places ?? []) {
    const parts = isAnchored ? ['-evil', ...strange] : strange;
    const stranger = parts.map(part => accepted(machine, foreign(place, part))).find(text => text !== undefined);
    if (!stranger) continue;
    if (place === 'mail') return { kind: 'domain', accepted: stranger };
    return { kind: place === 'github' && !isAnchored ? 'anywhere' : 'owner', accepted: stranger };
  }
  for (const kind of ['repository', 'workflow', 'branch'] as const) {
    const text = places?.includes('github') ? accepted(machine, onGitHub(kind, 'evil')) : undefined;
    if (text) return { kind, accepted: text };
  }
  const text = places?.includes('mail') ? accepted(machine, byMail('mailbox', 'evil')) : undefined;
  return text ? { kind: 'mailbox', accepted: text } : undefined;
}

function foreign(place: Place, part: string): Machine {
  if (place === 'github') return onGitHub('owner', part);
  return place === 'gitlab' ? onGitLab(part) : byMail('domain', part);
}

function accepted(pattern: Machine, texts: Machine): string | undefined {
  const found = findText(pattern, texts);
  return found === 'unknown' ? undefined : found?.text;
}

function accepts(pattern: Machine, text: string): boolean {
  return accepted(pattern, textsOf([text])) !== undefined;
}

function acceptsEverything(pattern: Machine): boolean {
  return ['evil', 'EVIL', '666', 'evil@evil.example', 'https://evil.example/evil'].every(text => accepts(pattern, text));
}

/** The pattern with what the run gives in it as characters of its own; `undefined` where nobody knows what it may be. */
function sourceOf(form: Template): string | undefined {
  let source = '';
  for (const part of form) {
    const text = part.kind === 'text' ? part.text : part.kind === 'hole' ? ofRun(part) : undefined;
    if (text === undefined) return undefined;
    source += text;
  }
  return source;
}

function ofRun({ source, changes }: HolePart): string | undefined {
  if (changes) return undefined;
  const { owner: org, repository, workflow, ref, sha } = tokens;
  switch (source.toLowerCase()) {
    case 'github.repository_owner':
      return org;
    case 'github.event.repository.name':
      return repository;
    case 'github.repository':
    case 'github.event.repository.full_name':
      return `${org}/${repository}`;
    case 'github.server_url':
      return 'https://github.com';
    case 'github.workflow_ref':
      return `${org}/${repository}/.github/workflows/${workflow}.yml@refs/heads/${ref}`;
    case 'github.ref':
      return `refs/heads/${ref}`;
    case 'github.ref_name':
      return ref;
    case 'github.sha':
      return sha;
    default:
      return undefined;
  }
}
