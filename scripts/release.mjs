// `npm run release -- FOLDER`: writes what a release tag holds, for workflows that use the action and for pre-commit: programs that are
// built, and nothing to install. docs/decisions/0007 says why a tag holds other files than the main branch.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './bootstrap.mjs';
import { build } from './build.mjs';
import { main, say, Trouble } from './steps.mjs';

const programs = ['action.js', 'cli.js', 'program.js', 'undici.js', 'aws.js', 'rulePages.json'];
const files = ['action.yml', '.pre-commit-hooks.yaml', 'README.md', 'CHANGELOG.md', 'LICENSE'];

/** Writes the files of a release to an empty or missing folder; the programs are taken from `dist`. */
export function writeRelease(folder, dist = join(root, 'dist')) {
  if (existsSync(folder) && readdirSync(folder).some(name => name !== '.git')) throw new Trouble(`${folder} is not empty.`);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  for (const file of files) cpSync(join(root, file), join(folder, file));
  for (const program of programs) cpSync(join(dist, program), join(folder, 'dist', program));
  const { name, version, description, license, repository, engines, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // All that the programs need is in them: whoever installs this installs nothing else.
  const manifest = { name, version, description, license, repository, engines: { node: engines.node }, bin };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const [folder] = process.argv.slice(2);
    if (!folder) throw new Trouble('Say where to: npm run release -- FOLDER');
    await build({ minify: true });
    writeRelease(resolve(folder));
    say(`${folder} holds what the release's tag is to hold.`);
  });
}
