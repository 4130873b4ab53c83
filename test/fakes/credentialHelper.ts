import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a helper of docker's does, as a script of its own. */
export interface HelperScript {
  /** What it knows, by the server that it is asked about. */
  readonly knows?: Readonly<Record<string, { readonly Username: string; readonly Secret: string }>>;
  /** Written to standard output in place of an answer, with `code` as the exit code. */
  readonly says?: string;
  readonly code?: number;
  /** Seconds to sleep first, in a process of its own as helpers that ask others do. */
  readonly sleeps?: number;
}

/** Writes `docker-credential-<name>` into `folder`; answers how to read which servers it was asked about, and where it ran. */
export async function writeHelper(folder: string, name: string, script: HelperScript): Promise<() => Promise<readonly string[]>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `docker-credential-${name}`);
  const log = `${path}.log`;
  const notFound = 'credentials not found in native keychain';
  const answers = Object.entries(script.knows ?? {}).map(
    ([server, { Username, Secret }]) =>
      `if [ "$server" = '${server}' ]; then printf '%s' '${JSON.stringify({ ServerURL: server, Username, Secret })}'; exit 0; fi`,
  );
  const lines = [
    '#!/bin/sh',
    'read -r server',
    `printf '%s %s %s\\n' "$1" "$server" "$PWD" >> '${log}'`,
    ...(script.sleeps === undefined ? [] : [`sleep ${script.sleeps}`]),
    ...(script.says === undefined ? answers : [`printf '%s' '${script.says}'`, `exit ${script.code ?? 1}`]),
    `printf '${notFound}'`,
    'exit 1',
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  await chmod(path, 0o755);
  return async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean);
}
