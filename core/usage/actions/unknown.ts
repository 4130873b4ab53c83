import { remembered } from '../../text/remembered.ts';
import type { StepReader } from '../stepReader.ts';
import type { Fact } from '../usage.ts';

// Words of an action's name that say it handles images.
const images =
  /^(?:docker|dockerhub|dockerfile|containers?|images?|oci|registry|registries|ecr|gcr|ghcr|acr|gar|kaniko|buildah|podman|buildx|buildkit|bake|jib|skopeo|crane|buildpacks?|nixpacks|artifactory|jfrog|harbor|quay)$/;
// Words that say it publishes something, perhaps an image.
const publishes =
  /^(?:build|builder|builds|push|publish|publisher|release|releaser|deploy|deployer|deployment|promote|goreleaser|ship|ci|cd)$/;
// Words that say what it publishes, or that it only looks.
const others =
  /^(?:gh|pages?|pypi|npm|nuget|crates?|cargo|maven|gem|rubygems|wheels?|hex|firebase|netlify|vercel|s3|cloudflare|wrangler|changelog|notes|drafter|please|assets?|upload|downloader|apk|appstore|testflight|play|charts?|snap|homebrew|brew|tags?|semver|version|labels?|tests?|results?|reports?|lint|linter|scan|scanner|size|description|cleanup|clean|delete|prune|retention|comment|status|sentry)$/;
// Words of actions that only look at images, or remove them.
const looks =
  /^(?:description|size|scan|scanner|scout|lint|linter|cleanup|clean|delete|prune|retention|version|versions|check|get|assert|find|list|inspect|diff|status|reports?|summary)$/;
const registries = /^(?:ecr|gcr|ghcr|acr|gar|registry)$/;

// People whose actions check, report, set up tools or handle files, whatever they are called.
const harmlessOwners: ReadonlySet<string> = new Set(
  (
    'actions github slackapi codecov coverallsapp hashicorp dependabot reviewdog dorny tj-actions peter-evans softprops ncipollo pypa sigstore golangci ' +
    'getsentry astral-sh pnpm oven-sh denoland ruby shivammathur swatinem dtolnay taiki-e jlumbroso easimon hadolint bridgecrewio sonarsource ossf ' +
    'step-security release-drafter googleapis amannn marocchino mikepenz browser-actions cypress-io nixos cachix determinatesystems tailscale ' +
    'webfactory gradle stefanzweifel eps1lon lycheeverse mathieudutour rtcamp 8398a8 act10ns'
  ).split(' '),
);
const harmless: ReadonlySet<string> = new Set([
  'docker/bake-action/subaction/matrix',
  'docker/bake-action/subaction/list-targets',
  'docker/setup-qemu-action',
  'docker/setup-compose-action',
  'docker/login-action/logout',
  'aws-actions/configure-aws-credentials',
  'google-github-actions/auth',
]);

const registryHost = /\b(?:ghcr\.io|docker\.io|quay\.io|gcr\.io|pkg\.dev|azurecr\.io|dkr\.ecr|public\.ecr)/;
const imageInput = /(?:^|[-_])(?:images?|registry|registries|dockerfile|docker|ecr|gcr|acr|oci)(?:$|[-_])/i;
const programs = /\b(?:docker|podman|buildah|jib|bootBuildImage|skopeo|crane|ko)\b/;

/**
 * An action that nobody here knows: opaque where its name or its inputs speak of images, registries, building or publishing; nothing
 * where it sets up a tool, reports, checks or handles files.
 */
export function unknownAction(step: StepReader): readonly Fact[] {
  return mayHandleImages(step) ? [{ kind: 'opaque', what: 'action', name: step.step.uses?.value ?? '', at: step.at }] : [];
}

/** Whether an action, `owner/name` in lower case, is known to do nothing with images or registries. */
export function isHarmlessAction(name: string): boolean {
  return harmless.has(name) || harmlessOwners.has(name.split('/')[0] ?? '');
}

function mayHandleImages(step: StepReader): boolean {
  switch (verdictOf(step.name.toLowerCase())) {
    case 'handles':
      return true;
    case 'harmless':
      return false;
    case 'tool':
      return inputsSpeak(step, imageInput, registryHost);
    case 'any':
      return inputsSpeak(step, imageInput, registryHost) || inputsSpeak(step, /^$/, programs);
  }
}

/** What an action's name says of it: that it handles images or does not, that it brings a tool, or nothing. */
const verdictOf = remembered((name): 'handles' | 'harmless' | 'tool' | 'any' => {
  if (isHarmlessAction(name)) return 'harmless';
  const [, ...rest] = name.split('/');
  const words = rest.join('/').split(/[^a-z0-9]+/);
  if (words[0] === 'setup' || words[0] === 'install' || words.at(-1) === 'installer')
    return words.some(word => registries.test(word)) ? 'handles' : 'tool';
  if (words.some(word => images.test(word))) return words.some(word => looks.test(word)) ? 'harmless' : 'handles';
  return words.some(word => publishes.test(word)) && !words.some(word => others.test(word)) ? 'handles' : 'any';
});

function inputsSpeak(step: StepReader, names: RegExp, values: RegExp): boolean {
  return [...(step.step.with?.entries ?? [])].some(([key, { value }]) => names.test(key) || values.test(value.value));
}
