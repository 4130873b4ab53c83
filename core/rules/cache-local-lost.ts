import { literal } from '../image/template.ts';
import { besides } from '../usage/order.ts';
import { isGitHubHosted } from '../usage/runners.ts';
import type { Build, CacheExport, Usage } from '../usage/usage.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { attributeOf, placeOf } from './shared/cacheEntry.ts';

/** GitHub's runners are made for one job: what nothing carries over is gone. */
export const cacheLocalLost: Rule = {
  id: 'cache-local-lost',
  title: 'What a build has cached is lost with the runner',
  severity: 'warning',
  fixable: false,
  visit: {
    cacheExport(cache, context) {
      const folder = cache.type === 'local' ? literal(attributeOf(cache, 'dest')?.value ?? [])?.replace(/\/$/, '') : undefined;
      if (!folder || isGitHubHosted(cache.job) !== true || isThrownAway(cache, folder, context) || isKept(cache, folder, context)) return;
      const { at, related } = placeOf(cache.entry, context.path);
      if (isSaidAlready(context, at)) return;
      context.report({
        at,
        related,
        message: `The cache is written to ${folder} on a runner that GitHub throws away after the job, and nothing keeps that folder: the next run starts without it. Keep it with \`actions/cache\`, or export to \`type=gha\` or a registry.`,
      });
    },
    build(build, context) {
      if (!startsEmpty(build, context) || isSaidAlready(context, build.at)) return;
      context.report({
        at: build.at,
        severity: 'hint',
        message:
          'The builder is new in each run and this build neither reads nor writes a cache, so every layer is built anew on each push. `cache-from` and `cache-to` (`type=gha`, or a registry) carry the layers over.',
      });
    },
  },
};

/** A cache that is written to be thrown away, where another one may not be written: one of several forms of an entry. */
function isThrownAway({ step, entry }: CacheExport, folder: string, { usage }: RuleContext): boolean {
  const forms = usage.usages.filter(use => use.kind === 'cacheExport' && use.step === step && use.entry.span === entry.span);
  return forms.length > 1 || /discard|null/i.test(folder);
}

/** Something in the job saves the folder, reads it again, or does with it what nobody here understands. */
function isKept(cache: CacheExport, folder: string, { usage }: RuleContext): boolean {
  const own = besides(usage, cache);
  const names = [folder, ...movedTo(folder, cache, usage.scripts)];
  if (names.length > 1 && names.includes('?')) return true;
  const keeps = (use: Usage) => use.kind === 'fileCache' && use.saves && use.paths.some(({ template }) => covers(literal(template), names));
  const reads = (use: Usage) =>
    use.kind === 'cacheImport' && use.type === 'local' && literal(attributeOf(use, 'src')?.value ?? [])?.replace(/\/$/, '') === folder;
  const after = own.slice(own.indexOf(cache) + 1).filter(use => use.step !== cache.step || !cache.step.uses);
  if (own.some(keeps) || after.some(reads)) return true;
  const known = new Set(own.flatMap(use => (use.kind === 'fileCache' || use.kind === 'build' ? [use.step] : [])));
  return cache.job.steps.some(
    step => !known.has(step) && [...(step.with?.entries.values() ?? [])].some(({ value }) => value.value.includes(folder)),
  );
}

/** An unknown path may be any. */
function covers(path: string | undefined, folders: readonly string[]): boolean {
  if (path === undefined) return true;
  const kept = path.replace(/\/$/, '');
  return folders.some(folder => folder === kept || folder.startsWith(`${kept}/`));
}

/** Where scripts of the job move or copy a folder to; `?` where they do something else with it. */
function movedTo(folder: string, { job }: CacheExport, scripts: RuleContext['usage']['scripts']): readonly string[] {
  const found: string[] = [];
  for (const script of scripts) {
    if (script.job !== job || !script.script.source.value.includes(folder)) continue;
    for (const { words } of script.commands) {
      const [program = '', ...rest] = words.map(({ template }) => literal(template)?.replace(/\/$/, '') ?? '?');
      if (!rest.some(word => word === folder)) continue;
      if (/^(?:mv|cp|rsync)$/.test(program)) found.push(rest.at(-1) ?? '?');
      else if (!/^(?:rm|mkdir|ls|du|echo)$/.test(program)) found.push('?');
    }
  }
  return found.filter(name => name !== folder);
}

/** A build with a container builder of this job alone, which pushes on each push to a branch and names no cache of any kind. */
function startsEmpty(build: Build, { usage, text }: RuleContext): boolean {
  if (
    !/^(?:docker\/build-push-action|docker (?:buildx )?build)$/.test(build.tool) ||
    build.pushes === false ||
    isGitHubHosted(build.job) !== true
  )
    return false;
  const starts = build.pushStarts ?? build.starts;
  if (!starts.some(({ event, on }) => event === 'push' && on === 'branch')) return false;
  const inputs = build.step.with?.entries;
  if (
    inputs
      ? ['cache-from', 'cache-to', 'no-cache', 'builder'].some(name => inputs.has(name))
      : /cache|--builder|\$[\w{@]*(?:FLAGS|ARGS|OPTS|OPTIONS|\[@)/i.test(text.slice(build.at.start, build.at.end))
  )
    return false;
  if (build.buildArgs.some(({ template }) => /CACHE/.test(template[0]?.kind === 'text' ? template[0].text : ''))) return false;
  const own = besides(usage, build);
  const builder = own.slice(0, own.indexOf(build)).findLast(use => use.kind === 'builder');
  return (
    builder?.kind === 'builder' &&
    (builder.driver ?? 'docker-container') === 'docker-container' &&
    /setup-buildx-action@|buildx\s+create/.test(text.slice(builder.step.span.start, builder.step.span.end))
  );
}
