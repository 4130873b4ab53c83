// Builds the bundles, and fails when one of them reaches what its process must not hold. Run by scripts/build.mjs.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * One bundle a process. `forbid` are patterns of input paths (from the metafile) that must not be in it: the server is a pure
 * function of text, so no registry and no AWS code; the CLI and the server run without an editor, so `vscode` is not external there.
 */
export const bundles = [
  {
    entry: 'client/extension.ts',
    out: 'dist/extension.js',
    external: ['vscode'],
    apart: { './awsSdk.ts': './aws.js', './octokit.ts': './github.js', './languageClient.ts': './languageClient.js' },
    // A bundled HTTP client would go round the proxy and certificates that the editor gives to the global `fetch`.
    forbid: [
      /^server\//,
      /^cli\//,
      /^core\/rules\//,
      /node_modules\/(?:undici|@aws-sdk|@smithy|@octokit|@sigstore|vscode-languageclient)\//,
    ],
  },
  // More code than the rest of the extension, and nothing of that waits for it.
  {
    entry: 'client/languageClient.ts',
    out: 'dist/languageClient.js',
    external: ['vscode'],
    forbid: [/^(?!client\/languageClient\.ts$|protocol\/|.*\bnode_modules\/)/],
  },
  {
    entry: 'server/main.ts',
    out: 'dist/server.js',
    external: [],
    forbid: [
      /^client\//,
      /^cli\//,
      /^core\/(registry|github|inspection|removal|promotion|git|signature|repositorySettings)\//,
      /node_modules\/@(aws-sdk|smithy|sigstore|octokit)\//,
    ],
  },
  {
    entry: 'cli/main.ts',
    out: 'dist/program.js',
    external: [],
    apart: { undici: './undici.js', './awsSdk.ts': './aws.js', './octokit.ts': './github.js' },
    // dockerfile-ast brings two packages of plain types and texts along.
    forbid: [
      /^client\//,
      /^server\//,
      /node_modules\/(?:vscode-(?!languageserver-(?:types|textdocument)\/)|undici\/|@aws-sdk\/|@smithy\/|@octokit\/)/,
    ],
  },
  // Starts the command line beside it, which is `program.js`: what Node compiled of that is kept.
  { entry: 'cli/start.ts', out: 'dist/cli.js', external: [], forbid: [/^(?:client|server|core)\//, /node_modules\//] },
  { entry: 'cli/action.ts', out: 'dist/action.js', external: [], forbid: [/^(?:client|server|core)\//, /node_modules\//] },
  // A third of the command line's code, which only a proxy needs: read when it is used.
  { entry: 'node_modules/undici/index.js', out: 'dist/undici.js', external: [], forbid: [] },
  // As large as all the rest of the extension, and only Amazon ECR needs it. It shares no code with those who load it, so no class of theirs may be in it.
  {
    entry: 'core/registry/ecr/awsSdk.ts',
    out: 'dist/aws.js',
    external: [],
    forbid: [/^(?!core\/registry\/ecr\/(?:awsSdk|api|expiring)\.ts$|core\/(?:ecrPolicy|image|text)\/|.*\bnode_modules\/)/],
  },
  // Only pull requests need it. It shares no code with those who load it either.
  {
    entry: 'core/github/octokit.ts',
    out: 'dist/github.js',
    external: [],
    forbid: [/^(?!core\/github\/(?:octokit|transport)\.ts$|.*\bnode_modules\/)/],
  },
  { entry: 'demo/main.ts', out: 'dist/demo.js', external: [], forbid: [/^client\//, /^server\//, /^cli\//, /node_modules\/vscode-/] },
];

/** The suite that runs inside a real editor's extension host, where mocha is loaded from node_modules. */
export const editorSuite = {
  entry: 'test/editor/suite/index.ts',
  out: 'dist/test/editor/index.js',
  external: ['vscode', 'mocha'],
  forbid: [/^client\//, /^server\//],
};

/** Packages and files that have a bundle of their own, by its place beside the one that loads them: on first use, so never with an import statement. */
function keptApart(apart) {
  return {
    name: 'kept-apart',
    setup({ onResolve }) {
      for (const [name, path] of Object.entries(apart))
        onResolve({ filter: new RegExp(`^${name.replaceAll('.', '\\.')}$`) }, ({ kind }) =>
          kind === 'dynamic-import'
            ? { path, external: true }
            : { errors: [{ text: `${name} is loaded on first use: await import('${name}')` }] },
        );
    },
  };
}

/** Builds one bundle, for people (`minify`, no source map) or for us; throws with the offending inputs named when it reaches a forbidden place. */
export async function bundle({ entry, out, external, forbid, apart = {}, banner, minify = false }) {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    external,
    plugins: [keptApart(apart)],
    minify,
    sourcemap: !minify,
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
    mainFields: ['module', 'main'],
    ...(banner && { banner }),
  });
  const reached = Object.keys(metafile.inputs).filter(input => forbid.some(pattern => pattern.test(input)));
  if (reached.length > 0) throw new Error(`${out} must not contain:\n${reached.map(input => `  ${input}`).join('\n')}`);
  return metafile;
}

/** The rules' pages, by the ids of the rules: the command line and the editor show them where there is no network. */
export const rulePages = 'dist/rulePages.json';

/** Gathers docs/rules/*.md in one file. */
export async function gatherRulePages(out = rulePages) {
  const names = (await readdir('docs/rules')).filter(name => name.endsWith('.md')).sort();
  const pages = await Promise.all(names.map(async name => [name.slice(0, -'.md'.length), await readFile(`docs/rules/${name}`, 'utf8')]));
  await writeFile(out, JSON.stringify(Object.fromEntries(pages)));
}
