import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultPort, startDemo } from './start.ts';

const usage = `Usage: node dist/demo.js [--port N] [--folder FOLDER]

Starts a container registry with example images on this machine, and lays out the example workspace.
  --port N         where it listens (${defaultPort}; 0 takes a free port)
  --folder FOLDER  where the workspace is made (a folder in the temporary folder)
Ctrl-C ends it.
`;

/** `dist/demo.js`: runs the demo by itself, until it is interrupted. Answers the exit code where it did not start. */
export async function run(args: readonly string[]): Promise<number | undefined> {
  let values: { port?: string; folder?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, folder: { type: 'string' }, help: { type: 'boolean' } },
    }));
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${usage}`, 2);
  }
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const port = Number(values.port ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return fail(`--port takes a number from 0 to 65535, not ${JSON.stringify(values.port)}.\n`, 2);
  try {
    const demo = await startDemo({ port, folder: values.folder ?? join(tmpdir(), 'tallyman-demo', 'shop') });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => demo.stop().then(() => process.exit(0)));
    process.stdout.write(
      `Registry: ${demo.registry.url}\nWorkspace: ${demo.workspaceFolder}\n${demo.notice ? `${demo.notice}\n` : ''}Ctrl-C ends it.\n`,
    );
    return undefined;
  } catch (error) {
    return fail(`${(error as Error).message}\n`, 1);
  }
}

function fail(message: string, code: number): number {
  process.stderr.write(message);
  return code;
}
