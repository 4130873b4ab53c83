import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

interface StepOf {
  readonly name?: string;
  readonly id?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a run of a workflow's one job did. */
export interface Run {
  /** The name of the step that failed; absent where all went well. */
  readonly failed?: string;
  readonly log: string;
}

const gh = `#!/bin/bash
set -euo pipefail
if [[ "$1 $2" == "release create" ]]; then
  body="$(cat)"
  jq --arg body "$body" '. + [{id: (length + 1), body: $body}]' "$RELEASES" > "$RELEASES.new"
  mv "$RELEASES.new" "$RELEASES"
elif [[ "$1" == api ]]; then
  jq 'reverse' "$RELEASES"
else
  echo "gh $*" >> "$CHECKS"
fi
`;
const cosign = `#!/bin/bash
echo "cosign $*" >> "$CHECKS"
[[ "$*" != *"\${UNSIGNED:-nothing}"* ]]
`;
const skopeo = `#!/bin/bash
exec /usr/bin/env PATH="$OUTER_PATH" skopeo --insecure-policy "$@"
`;

/**
 * Runs the scripts of a workflow's only job as the runner would, with bash and the real skopeo and jq; \`gh\` and \`cosign\` keep what they
 * are asked in files of \`folder\`. Actions are passed over.
 */
export class Runner {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  static async at(folder: string, registry: string): Promise<Runner> {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const [name, text] of Object.entries({ gh, cosign, skopeo })) {
      await writeFile(join(bin, name), text);
      await chmod(join(bin, name), 0o755);
    }
    await writeFile(join(folder, 'releases.json'), '[]');
    await writeFile(join(folder, 'checks'), '');
    const settings = join(folder, '.config', 'containers');
    await mkdir(settings, { recursive: true });
    await writeFile(join(settings, 'registries.conf'), `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`);
    return new Runner(folder, {
      PATH: `${bin}:${process.env['PATH']}`,
      OUTER_PATH: process.env['PATH'],
      HOME: folder,
      RELEASES: join(folder, 'releases.json'),
      CHECKS: join(folder, 'checks'),
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      GITHUB_ENV: join(folder, 'env'),
    });
  }

  /** What the checks of signatures were asked, one a line. */
  async checks(): Promise<string> {
    return readFile(join(this.#folder, 'checks'), 'utf8');
  }

  async run(workflow: string, inputs: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}): Promise<Run> {
    const { jobs, env: common } = parse(workflow) as {
      readonly env?: Record<string, string>;
      readonly jobs: Readonly<Record<string, { readonly steps: readonly StepOf[] }>>;
    };
    const [job] = Object.values(jobs);
    const outputs = new Map<string, string>();
    const value = (text: string) =>
      text.replace(/\$\{\{ *([\w.]+) *\}\}/g, (_, path: string) => {
        const [context, name = ''] = path.split('.');
        return context === 'inputs' ? (inputs[name] ?? '') : (outputs.get(path) ?? path);
      });
    let log = '';
    for (const { name, id, run, env: own } of job?.steps ?? []) {
      if (run === undefined) continue;
      const output = join(this.#folder, 'output');
      await writeFile(output, '');
      const given = Object.fromEntries(Object.entries({ ...common, ...own }).map(([key, text]) => [key, value(text)]));
      const [code, said] = await bash(value(run), { ...this.#env, ...env, ...given, GITHUB_OUTPUT: output });
      log += said;
      if (code !== 0) return { failed: name ?? '', log };
      for (const line of (await readFile(output, 'utf8')).split('\n')) {
        const [key = '', ...rest] = line.split('=');
        if (id && key) outputs.set(`steps.${id}.outputs.${key}`, rest.join('='));
      }
    }
    return { log };
  }
}

function bash(script: string, env: NodeJS.ProcessEnv): Promise<readonly [number | null, string]> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-e', '-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += String(chunk)));
    child.once('error', reject);
    child.once('close', code => resolve([code, said]));
  });
}
