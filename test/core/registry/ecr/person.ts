import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

export const keys = { id: 'AKIATALLYMANTEST0001', secret: 'secret-key-of-the-tests-0123456789abcdef' };

/** Each test is a person of its own: an empty home, these keys in the environment, and no machine that hands out others. */
export function asPerson(
  environment: Readonly<Record<string, string>> = { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret },
): {
  home: string;
} {
  const person = { home: '' };
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
    person.home = mkdtempSync(join(tmpdir(), 'tallyman-aws-'));
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, {
      ...environment,
      HOME: person.home,
      AWS_CONFIG_FILE: join(person.home, '.aws', 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(person.home, '.aws', 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(person.home, { recursive: true, force: true });
  });
  return person;
}
