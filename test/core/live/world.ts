import { parse } from 'yaml';
import { isDigest } from '../../../core/image/digest.ts';
import { type Answers, type BehindAnswer, type ImageAnswer, imageKey, type SettingsAnswer } from '../../../core/live/answers.ts';
import type { Surroundings } from '../../../core/live/settle.ts';
import { imageUses } from '../../../core/live/uses.ts';
import { liveFindings } from '../../../core/liveLint.ts';
import type { Finding } from '../../../core/rules/rule.ts';
import { Workspace } from '../../../core/workspace/workspace.ts';

export const now = Date.parse('2026-11-21T12:00:00Z');
const readAt = '2026-11-21T11:58:00.000Z';

/** A digest that begins with these characters. */
export function digestLike(start: string): `sha256:${string}` {
  const digest = `sha256:${start.padEnd(64, '0')}`;
  if (!isDigest(digest)) throw new Error(`${start} begins no digest`);
  return digest;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a registry says, written short in YAML: `host/repository:tag: missing` or `{ digest: '1a2b3c', … }`, `behind`, `settings`. */
export function registrySaying(text: string): Answers {
  const said = (parse(text) ?? {}) as Readonly<Record<string, unknown>>;
  const { behind, settings } = said as { behind?: { total: number; commits: readonly (string | Fields)[] }; settings?: Fields };
  return {
    image: name => {
      const given = said[imageKey(name)];
      if (given === undefined) return undefined;
      if (typeof given === 'string') return (given === 'missing' ? { status: given, readAt } : { status: given }) as ImageAnswer;
      const { digest, revision, ...rest } = given as { digest: string; revision?: string };
      return {
        status: 'found',
        readAt,
        aliases: [],
        ...rest,
        digest: digestLike(digest),
        ...(revision !== undefined && { revision: revision.padEnd(40, '0') }),
      };
    },
    behind: () => {
      if (!behind) return undefined;
      const commits = behind.commits.map((one, index) => ({
        id: String(index + 1).repeat(40),
        time: '2026-11-20T12:00:00Z',
        ...(typeof one === 'string' ? { subject: one } : (one as { subject: string })),
      }));
      return { status: 'known', total: behind.total, commits } satisfies BehindAnswer;
    },
    settings: () => {
      if (!settings) return undefined;
      const expiring = (settings['expiring'] as readonly { digest: string; tags: string[] }[] | undefined)?.map(one => ({
        ...one,
        digest: digestLike(one.digest),
      }));
      return { readAt, ...settings, ...(expiring && { expiring }) } as SettingsAnswer;
    },
  };
}

export function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace();
  for (const [path, text] of Object.entries(files)) workspace.set(path, text);
  return workspace;
}

/** What is found in all of the files. */
export function findLive(files: Readonly<Record<string, string>>, registry: string, around: Surroundings = {}): readonly Finding[] {
  const workspace = workspaceOf(files);
  return workspace
    .paths()
    .flatMap(path => liveFindings(workspace, path, { uses: imageUses(workspace, path, around), answers: registrySaying(registry), now }));
}
