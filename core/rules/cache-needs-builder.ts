import { literal } from '../image/template.ts';
import { besides } from '../usage/order.ts';
import { isGitHubHosted } from '../usage/runners.ts';
import type { StepScript } from '../usage/scriptUse.ts';
import type { CacheExport, Usage } from '../usage/usage.ts';
import type { Job, Step } from '../workflow/model.ts';
import { isSaidAlready, type Rule, type RuleContext } from './rule.ts';
import { buildOf } from './shared/cacheEntry.ts';

/** Docker's own builder cannot write a cache that stands by itself. */
export const cacheNeedsBuilder: Rule = {
  id: 'cache-needs-builder',
  title: 'A cache is exported with no builder that can',
  severity: 'warning',
  fixable: false,
  visit: {
    cacheExport(cache, context) {
      const { job } = cache;
      if (!exported.has(cache.type) || context.usage.workflow.kind === 'action') return;
      if (!isDockerBuild(cache, context) || isGitHubHosted(job) !== true || job.container || hasDaemonBeside(job)) return;
      if (mayHaveBuilder(cache, context)) return;
      if (!isSaidAlready(context, cache.entry.span)) context.report({ at: cache.entry.span, message: message(cache) });
    },
  },
};

const exported: ReadonlySet<string> = new Set(['registry', 'gha', 's3', 'azblob', 'local']);

function message({ type }: CacheExport): string {
  return `Nothing in this job sets up a builder, so Docker’s own builds the image. Unless its containerd image store is switched on it cannot write a \`type=${type}\` cache (“Cache export is not supported for the docker driver”), and the build fails. Run \`docker/setup-buildx-action\` before it.`;
}

/** Depot, Blacksmith, kaniko and the like bring their own; and a builder that is named comes from somewhere. */
function isDockerBuild(cache: CacheExport, { usage, text }: RuleContext): boolean {
  const build = buildOf(cache, usage);
  if (!build || !/^docker[/ ]/.test(build.tool) || cache.step.with?.entries.has('builder')) return false;
  if (/\s--builder\b/.test(text.slice(build.at.start, build.at.end))) return false;
  return ![cache.step.env, cache.job.env, usage.workflow.env].some(env => env?.entries.has('BUILDX_BUILDER') || env?.dynamic);
}

function hasDaemonBeside({ services }: Job): boolean {
  return services.some(({ value }) => /dind|buildkit|\$\{\{/.test(value));
}

/** A step before it sets one up, or does something that nobody understands. */
function mayHaveBuilder(cache: CacheExport, { usage }: RuleContext): boolean {
  const own = besides(usage, cache);
  const before = own.slice(0, own.indexOf(cache));
  if (before.some(use => makesBuilder(use) || use.kind === 'opaque')) return true;
  const steps = cache.job.steps.slice(0, cache.step.index + 1);
  const understood = new Set(before.flatMap(({ within, step }) => (within ? [step] : [])));
  if (steps.some(step => step !== cache.step && isForeign(step) && !understood.has(step))) return true;
  return usage.scripts.some(script => script.job === cache.job && script.step.index <= cache.step.index && reachesFurther(script));
}

function makesBuilder(use: Usage): boolean {
  return use.kind === 'builder' && use.driver !== 'docker';
}

/** Actions that are known to set up no builder; any other may. */
const harmless =
  /^(?:actions\/|docker\/(?:login|metadata|setup-qemu|setup-buildx|build-push|bake|scout)-action@|aws-actions\/|google-github-actions\/|azure\/|dorny\/paths-filter@|tj-actions\/|pnpm\/|gradle\/|ruby\/setup-ruby@|dtolnay\/rust-toolchain@|sigstore\/cosign-installer@)/i;

function isForeign({ uses }: Step): boolean {
  return uses !== undefined && !harmless.test(uses.value);
}

/** Its commands change Docker itself, or run a script or program that may. */
function reachesFurther({ commands, script }: StepScript): boolean {
  if (/daemon\.json|containerd|BUILDX_BUILDER|BUILDKIT_HOST|DOCKER_HOST|DOCKER_CONTEXT|docker\s+context/.test(script.source.value))
    return true;
  return commands.some(({ words: [first, second] }) => {
    const name = literal(first?.template ?? []);
    if (name === undefined || name.includes('/')) return true;
    return /^(?:make|just|task|source|\.|eval)$/.test(name) || (/^(?:bash|sh|python3?)$/.test(name) && second !== undefined);
  });
}
