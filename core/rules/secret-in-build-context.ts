import type { Template } from '../image/template.ts';
import { literal } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import { within } from '../usage/files.ts';
import { ownBuilds } from '../usage/order.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import { isConfigurationByName, isPublicByName, type Secret, secretIn } from '../usage/secrets.ts';
import type { Build } from '../usage/usage.ts';
import type { Job } from '../workflow/model.ts';
import { readDockerfile, type Stage } from '../workspace/dockerfile.ts';
import { isDockerIgnored } from '../workspace/dockerignore.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { contextFolder, dockerfilePath, startFolder } from './shared/buildFiles.ts';
import { cachesOf } from './shared/cacheEntry.ts';
import { copiedInto } from './shared/copied.ts';
import { leavesTheMachine } from './shared/published.ts';

/** What lies in the context when an image is built is copied into it. */
export const secretInBuildContext: Rule = {
  id: 'secret-in-build-context',
  title: 'A secret is written into the folder that an image is built from',
  severity: 'warning',
  fixable: false,
  visit: {
    script(script, context) {
      if (!ownBuilds(context.usage).some(({ job }) => job === script.job)) return;
      for (const [index, command] of script.commands.entries()) {
        if (!goesToFile(command)) continue;
        const secret = secretWritten(command, script.job);
        const file = secret && fileWritten(command, script, context);
        if (!secret || file === undefined || isRemoved(file, script, index, context)) continue;
        const found = buildWith(file, script, context);
        const at = { start: firstOf(command).span.start, end: command.span.end };
        if (!found || isSaidAlready(context, at)) continue;
        context.report({
          at,
          severity: secret.shortLived ? 'info' : 'warning',
          message: message(secret, file, found.stages),
          related: [{ span: found.build.at, message: 'The image is built here.' }],
        });
      }
    },
  },
};

function message({ source }: Secret, file: string, stages: readonly Stage[] | undefined): string {
  const how = stages ? 'and the Dockerfile copies it' : 'and the image is built from that folder';
  return `\`${source}\` is written to ${file}, ${how}: whoever can pull the image or its cache can read it. Mount it for the step that needs it (\`RUN --mount=type=secret\`), give it to the container when it runs, or list the file in .dockerignore.`;
}

/** Most commands write no file, and need no closer look. */
function goesToFile({ node, words }: ShellCommand): boolean {
  return node !== undefined && (node.redirects.length > 0 || literal(words[0]?.template ?? []) === 'tee');
}

/** A secret that a command's output holds; of configuration and what is public by its name there is nothing to say. */
function secretWritten(command: ShellCommand, job: Job): Secret | undefined {
  let secret: Secret | undefined;
  for (let from: ShellCommand | undefined = command; from && !secret; from = from.from) secret = secretIn(spoken(from), job);
  const name = secret?.source.split('.').at(-1) ?? '';
  return secret && !isPublicByName(name) && !isConfigurationByName(name) ? secret : undefined;
}

/** The command at the start of its pipeline. */
function firstOf(command: ShellCommand): ShellCommand {
  let first = command;
  while (first.from) first = first.from;
  return first;
}

/** What a command prints that prints what it is given. */
function spoken({ words, input }: ShellCommand): Template {
  const name = literal(words[0]?.template ?? []);
  const said = name === 'echo' || name === 'printf' ? words.slice(1).flatMap(({ template }) => template) : [];
  return [...said, ...(input ?? [])];
}

/** The file that a command's output goes to, from the workspace's root; `undefined` where it lies elsewhere or is not known. */
function fileWritten({ node, words }: ShellCommand, script: StepScript, { usage }: RuleContext): string | undefined {
  const start = startFolder(script, usage);
  const redirect = node?.redirects.findLast(({ type, operator }) => type === 'Redirect' && /^(?:>|>>|>\||&>)$/.test(operator));
  const teed = literal(words[0]?.template ?? []) === 'tee' ? node?.args.find(({ text }) => !text.startsWith('-')) : undefined;
  const target = redirect?.type === 'Redirect' ? redirect.target?.text : teed?.text;
  if (start === undefined || target === undefined) return undefined;
  const plain = target.replace(/["']/g, '');
  const rooted = /^(?:\$\{?GITHUB_WORKSPACE\}?|\$\{\{\s*github\.workspace\s*\}\})\/(.*)$/.exec(plain)?.[1];
  const path = rooted ?? plain;
  return /[$`*?~]|^\/|^&/.test(path) ? undefined : within(rooted === undefined ? start : '', path);
}

/** Something behind it takes the file away again. */
function isRemoved(file: string, script: StepScript, index: number, { usage }: RuleContext): boolean {
  const name = file.split('/').at(-1) ?? file;
  return usage.scripts
    .filter(({ job, step }) => job === script.job && step.index >= script.step.index)
    .some(({ commands, step }) => (step === script.step ? commands.slice(index + 1) : commands).some(command => removes(command, name)));
}

function removes({ words: [program, ...rest] }: ShellCommand, name: string): boolean {
  return (
    /^(?:rm|shred|unlink|mv)$/.test(literal(program?.template ?? []) ?? '') &&
    rest.some(({ template }) => literal(template)?.endsWith(name))
  );
}

/** A later build of the job that takes the file into what others can get. */
function buildWith(
  file: string,
  script: StepScript,
  context: RuleContext,
): { readonly build: Build; readonly stages?: readonly Stage[] } | undefined {
  const { usage, workspace, text } = context;
  const builds = usage.usages.filter((use): use is Build => use.kind === 'build' && use.job === script.job && isAfter(use, script));
  for (const build of builds) {
    const folder = contextFolder(build, usage);
    // Without a context the action builds from a clone of its own, in which the file is not.
    if (folder === undefined || (build.step.uses && (!build.context || /defaultContext/.test(literal(build.context.template) ?? ''))))
      continue;
    const inside = folder === '' ? file : file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : undefined;
    if (inside === undefined || !leavesTheMachine(build, context) || isMounted(file, build, text)) continue;
    const dockerfile = dockerfilePath(build, usage);
    const ignores = [dockerfile && `${dockerfile}.dockerignore`, within(folder, '.dockerignore')].flatMap(
      path => (path ? workspace.file(path) : undefined) ?? [],
    );
    if (ignores[0] !== undefined && isDockerIgnored(ignores[0], inside)) continue;
    const source = dockerfile === undefined ? undefined : workspace.file(dockerfile);
    if (source === undefined) return { build };
    const stages = readDockerfile(source);
    const everyStage = cachesOf(build, usage).some(({ entry }) => /mode=max/.test(literal(entry.template) ?? ''));
    if (copiedInto(stages, inside, literal(build.target?.template ?? []), everyStage)) return { build, stages };
  }
  return undefined;
}

function isAfter({ step, at }: Build, script: StepScript): boolean {
  return step.index > script.step.index || (step === script.step && at.start > (script.commands[0]?.span.start ?? 0));
}

/** `secret-files: npmrc=.npmrc`, `--secret id=npmrc,src=.npmrc`. */
function isMounted(file: string, { step, at }: Build, text: string): boolean {
  const name = file.split('/').at(-1) ?? file;
  const mounted = `${step.with?.entries.get('secret-files')?.value.value ?? ''} ${/--secret\s[^\n]*/.exec(text.slice(at.start, at.end))?.[0] ?? ''}`;
  return mounted.includes(name);
}
