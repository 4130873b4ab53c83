// Runs the extension suite inside the extension host of the served VS Code, once trusted and once restricted. Answers its results.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/bootstrap.mjs';
import { startSession } from './session.mjs';

const limit = 120_000;

/** Answers `{ title, error? }` for each test. */
export async function runSuite() {
  return [...(await runOnce(false)), ...(await runOnce(true))];
}

async function runOnce(restricted) {
  const title = restricted ? 'in restricted mode' : 'in a trusted folder';
  const name = `results-${process.pid}-${restricted ? 'restricted' : 'trusted'}.json`;
  const file = join(root, 'test-results', name);
  const secret = `secret-${randomUUID()}`;
  const docker = dockerWithHelper(secret);
  const env = {
    TALLYMAN_EDITOR_RESULTS: file,
    TALLYMAN_EDITOR_RESTRICTED: restricted ? '1' : '0',
    TALLYMAN_EDITOR_SECRET: secret,
    DOCKER_CONFIG: docker,
  };
  const session = await startSession({ trusted: !restricted, smokeTest: true, installed: false, env });
  try {
    const before = session.demo.registry.requests.length;
    const remote = path => `vscode-remote://${new URL(session.url).host}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(root)],
      ['extensionTestsPath', remote(join(root, 'dist/test/editor/index.js'))],
    ];
    await session.page.goto(`${session.address}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    const results = await resultsIn(file);
    const texts = [secret, Buffer.from(`ada:${secret}`).toString('base64')];
    const kept = [...holding(join(session.folder, 'data'), texts), ...holding(join(root, 'test-results'), texts)];
    const clean = { title: 'no message, log, setting or cache of the editor holds a credential' };
    results.push(kept.length === 0 ? clean : { ...clean, error: `It is in ${kept.join(', ')}` });
    if (!restricted) {
      // Else nothing that went wrong would have been looked through.
      const said = existsSync(`${file}.said`) ? readFileSync(`${file}.said`, 'utf8') : '';
      const told = { title: 'the log tells what went wrong' };
      const whole = process.env.TALLYMAN_EDITOR_ONLY === undefined;
      if (whole) results.push(/^error .*RegistryError: DENIED at/m.test(said) ? told : { ...told, error: 'No line of it does.' });
      return results;
    }
    const contacted = session.demo.registry.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    const silence = { title: 'restricted mode contacts no registry' };
    const quiet = { title: 'restricted mode runs no credential helper' };
    results.push(existsSync(join(docker, 'asked')) ? { ...quiet, error: 'It was run.' } : quiet);
    return [...results, contacted.length === 0 ? silence : { ...silence, error: `It was asked: ${contacted.join(', ')}` }];
  } catch (error) {
    await session.page.screenshot({ path: join(root, 'test-results', 'failed extension suite.png') }).catch(() => undefined);
    return [{ title: `the extension suite ${title}`, error: error.stack }];
  } finally {
    rmSync(docker, { recursive: true, force: true });
    await session.stop();
  }
}

/** A folder with docker's config.json and the helper that it names for helper.example.com; `asked` is there once that was run. */
function dockerWithHelper(secret) {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-docker-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ credHelpers: { 'helper.example.com': 'spy' } }));
  const answer = JSON.stringify({ ServerURL: 'helper.example.com', Username: 'ada', Secret: secret });
  writeFileSync(join(folder, 'docker-credential-spy'), `#!/bin/sh\ntouch '${folder}/asked'\nprintf '%s' '${answer}'\n`, { mode: 0o755 });
  return folder;
}

/** The files below a folder that hold one of these texts. */
function holding(folder, texts) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter(path => {
    // The editor still runs: a file may be gone by now.
    if (!existsSync(path)) return false;
    const bytes = readFileSync(path);
    return texts.some(text => bytes.includes(text));
  });
}

async function resultsIn(file) {
  for (const end = Date.now() + limit; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 200))) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      // Not written yet.
    }
  }
  const at = existsSync(`${file}.at`) ? `was at “${readFileSync(`${file}.at`, 'utf8')}”` : 'had begun no test';
  throw new Error(`The suite in the extension host did not end within ${limit / 1000} s; it ${at}.`);
}
