import { remembered } from '../../../text/remembered.ts';

// Words of a target's, a script's or a task's name that say it handles images or what they are for.
const images =
  /^(?:docker|dockers|dockerfile|container|containers|containerize|image|images|img|oci|registry|ecr|gcr|ghcr|acr|push|pushes|publish|release|releases|deploy|deploys|deployment|rollout|promote|rollback|ship|buildx|buildkit|bake|podman|buildah|kaniko|jib|ko|skopeo|crane|helm|kube|kubernetes|k8s|multiarch|manifest|retag|ecs|fargate|cloudrun)$/;
// Words that say it checks, prepares or writes something else.
const harmless =
  /^(?:test\w*|e2e|unit|integration|acceptance|conformance|smoke|lint|lints|linter|linting|check|checks|checker|checksums?|fmt|format|formatting|prettier|eslint|vet|typecheck|types|tsc|mypy|ruff|flake8|clean|cleanup|deps|dependencies|install|installer|bootstrap|setup|prepare|init|configure|generate|gen|codegen|proto|docs?|doc|site|website|storybook|audit|sbom|license|licenses|bench|benchmark|benchmarks|coverage|cover|cov|verify|validate|validation|assert|scan|security|vulncheck|migrate|migrations?|seed|db|fixtures?|mock|mocks|version|versions|changelog|bump|tidy|vendor|tools?|download|fetch|wait|health|healthcheck|diff|dry|help|list|print|info|status|stop|kill|down|logs?|report|reports|summary|notify|matrix|start|dev|serve|watch|cypress|playwright|vitest|jest|pytest)$/;

// Words that say it only looks, fetches or tests, whatever it is about.
const looks =
  /^(?:test\w*|e2e|lint|scan|check|verify|validate|audit|docs?|get|list|show|wait|await|install|download|setup|inspect|describe|clean|cleanup|delete|prune)$/;
// Words for what makes an image or gives it away.
const acts = /^(?:build|builds|builder|push|publish|release|deploy|promote|ship|tag|retag|copy|upload|bake|rollout|rollback)$/;

/** Parts a name into words: `docker-push`, `buildImage`, `release:image`. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');
}

/** The name says that images, or what is published and deployed, are its business. */
export const speaksOfImages = remembered(name => {
  const words = wordsOf(name);
  return words.some(word => images.test(word)) && !words.some(word => looks.test(word));
});

/** The name says that it makes or gives away an image: `push-image`, not `get_image_id`. */
export const actsOnImages = remembered(name => speaksOfImages(name) && wordsOf(name).some(word => acts.test(word)));

/** The name says that it does something else: it checks, prepares, writes documents. */
export const isHarmless = remembered(name => {
  const words = wordsOf(name);
  return words.some(word => harmless.test(word) || looks.test(word)) && !speaksOfImages(name);
});

const programs =
  /\b(?:docker|podman|buildah|nerdctl|buildx|buildctl|skopeo|crane|regctl|oras|ko|kaniko|jib|pack|bootBuildImage|build-image|kubectl|helm|kustomize|ecs|goreleaser|earthly|dagger|bazel|werf|skaffold|copilot|flyctl|heroku)\b/;
/** What leads to text elsewhere, which nobody has read. */
const elsewhere = /\.sh\b|\$\(MAKE\)|^-?include\s/m;

/** Whether a recipe's text may handle images: it names a program that does, or goes on in a file that is not read. */
export function mayHandleImages(recipe: string): boolean {
  return programs.test(recipe) || elsewhere.test(recipe);
}
