import type { Environment } from '../policy/policy.ts';
import type { Settings } from './settings.ts';
import { type Step, scalar } from './yaml.ts';

/** Permissions that a job needs to push to the repository. */
export function pushPermissions({ repository: { access } }: Settings): readonly string[] {
  return ['contents: read', ...(access.kind === 'ghcr' ? ['packages: write'] : []), ...(access.kind === 'ecr' ? ['id-token: write'] : [])];
}

/** The same for one that checks a signature and makes a release too. */
export function movePermissions(settings: Settings): readonly string[] {
  const [, ...push] = pushPermissions(settings);
  return ['contents: write', ...push, ...(settings.signer.tool === 'gh' ? ['attestations: read'] : [])];
}

/** The image in an `env:` of the workflow; none where only a login tells its host. */
export function imageEntry({ repository }: Settings): readonly string[] {
  return repository.inLogin ? [] : [`IMAGE: ${scalar(repository.name)}`];
}

/** Logs in, and names the image where only the login tells its host. */
export function loginSteps({ repository, uses }: Settings): readonly Step[] {
  const { access } = repository;
  const login = uses('docker/login-action', 'v3');
  if (access.kind === 'ghcr')
    return [{ uses: login, with: { registry: 'ghcr.io', username: '${{ github.actor }}', password: '${{ secrets.GITHUB_TOKEN }}' } }];
  if (access.kind === 'login')
    return [
      { uses: login, with: { ...(access.registry && { registry: access.registry }), username: access.user, password: access.password } },
    ];
  const steps: Step[] = [
    {
      uses: uses('aws-actions/configure-aws-credentials', 'v4'),
      with: { 'role-to-assume': access.role, 'aws-region': access.region },
    },
    { id: 'ecr', uses: uses('aws-actions/amazon-ecr-login', 'v2') },
  ];
  if (repository.inLogin)
    steps.push({
      name: 'Name the image',
      env: { REGISTRY: '${{ steps.ecr.outputs.registry }}' },
      run: `echo "IMAGE=\${REGISTRY}/${repository.name}" >> "$GITHUB_ENV"`,
    });
  return steps;
}

/** The build that the workspace has of the image, with other inputs. */
export function buildStep({ repository: { context, dockerfile }, uses }: Settings, given: Readonly<Record<string, string>>): Step {
  return {
    uses: uses('docker/build-push-action', 'v6'),
    with: { context, ...(dockerfile !== undefined && { file: dockerfile }), ...given },
  };
}

/** What people have typed, and who they are, before anything else happens. */
export function confirmStep({ tag, promoters }: Environment, further = '', env: Readonly<Record<string, string>> = {}): Step {
  // Teams and roles are for the environment's reviewers: a run does not know them.
  const people = promoters.every(name => /^[A-Za-z0-9-]+$/.test(name)) ? promoters : [];
  const who = `case "$GITHUB_ACTOR" in
  ${people.join(' | ')}) ;;
  *)
    echo "::error::The policy does not let \${GITHUB_ACTOR} promote to this environment."
    exit 1
    ;;
esac
`;
  return {
    name: 'Check what was asked',
    env: { CONFIRM: '${{ inputs.confirm }}', ...env },
    run: `
set -euo pipefail
${people.length > 0 ? who : ''}if [[ "$CONFIRM" != "${tag}" ]]; then
  echo "::error::Type ${tag} to confirm."
  exit 1
fi
${further}`,
  };
}

/** Checks who signed \`$IMAGE@$DIGEST\`; \`source\` is the step whose output the digest is. */
export function verifySteps({ signer, uses }: Settings, source: string): readonly Step[] {
  const DIGEST = `\${{ steps.${source}.outputs.digest }}`;
  const name = 'Check who made it';
  if (signer.tool === 'gh')
    return [
      {
        name,
        env: { DIGEST, GH_TOKEN: '${{ github.token }}' },
        run: 'set -euo pipefail\ngh attestation verify "oci://${IMAGE}@${DIGEST}" --repo "$GITHUB_REPOSITORY"',
      },
    ];
  const lines = ['cosign verify', ...signer.flags, '"${IMAGE}@${DIGEST}" > /dev/null'];
  return [{ uses: uses('sigstore/cosign-installer', 'v3') }, { name, env: { DIGEST }, run: `set -euo pipefail\n${lines.join(' \\\n  ')}` }];
}

/** The name that a move leaves behind, as the policy wants it, in words of bash; \`needsRevision\` where the commit is in it. */
export function auditName({ environment: { audit, tag } }: Settings): { readonly word: string; readonly needsRevision: boolean } {
  const form = audit ?? '{tag}-{date}-{digest}';
  const words: Readonly<Record<string, string>> = {
    tag,
    date: '$(date -u +%Y%m%d)',
    time: '$(date -u +%H%M%S)',
    sha: '${revision:0:7}',
    digest: audit === undefined ? '${DIGEST:7:7}' : '${DIGEST:7:12}',
  };
  return { word: form.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole), needsRevision: form.includes('{sha}') };
}

/** Copies the digest under the audit tag, then under the aliases, the environment's own tag last, and reads that back. */
export function moveSteps(settings: Settings, source: string): readonly Step[] {
  const { environment } = settings;
  const { word, needsRevision } = auditName(settings);
  const DIGEST = `\${{ steps.${source}.outputs.digest }}`;
  const copy = (tag: string) => `skopeo copy --all --preserve-digests "docker://\${IMAGE}@\${DIGEST}" "docker://\${IMAGE}:${tag}"`;
  const revision = `revision="$(skopeo inspect --no-tags --config "docker://\${IMAGE}@\${DIGEST}" | jq -r '.config.Labels["org.opencontainers.image.revision"] // ""')"
if [[ ! "$revision" =~ ^[0-9a-f]{40}$ ]]; then
  echo "::error::The image does not say of which commit it is (label org.opencontainers.image.revision)."
  exit 1
fi
`;
  return [
    {
      name: 'Leave a trail',
      id: 'trail',
      env: { DIGEST },
      run: `
set -euo pipefail
${needsRevision ? revision : ''}audit="${word}"
tags="$(skopeo list-tags "docker://\${IMAGE}")"
if jq -e --arg tag "$audit" '.Tags | index($tag) != null' <<< "$tags" > /dev/null; then
  before="$(skopeo inspect --no-tags --format '{{.Digest}}' "docker://\${IMAGE}:\${audit}")"
  if [[ "$before" != "$DIGEST" ]]; then
    echo "::error::\${audit} names another image already: \${before}."
    exit 1
  fi
else
  ${copy('${audit}')}
fi
echo "tag=\${audit}" >> "$GITHUB_OUTPUT"`,
    },
    {
      name: `Move ${environment.tag}`,
      env: { DIGEST },
      run: ['set -euo pipefail', ...environment.aliases.map(copy), copy(environment.tag)].join('\n'),
    },
    {
      name: 'Read it back',
      env: { DIGEST },
      run: `
set -euo pipefail
now="$(skopeo inspect --no-tags --format '{{.Digest}}' "docker://\${IMAGE}:${environment.tag}")"
if [[ "$now" != "$DIGEST" ]]; then
  echo "::error::${environment.tag} names \${now}, not \${DIGEST}."
  exit 1
fi`,
    },
  ];
}

/** Keeps the move as a release, whose text says for the next rollback what was there before. */
export function recordStep({ environment: { tag } }: Settings, kind: 'promotion' | 'rollback', source: string): Step {
  return {
    name: 'Record the move',
    env: {
      DIGEST: `\${{ steps.${source}.outputs.digest }}`,
      PREVIOUS: `\${{ steps.${source}.outputs.previous }}`,
      AUDIT: '${{ steps.trail.outputs.tag }}',
      GH_TOKEN: '${{ github.token }}',
    },
    run: `
set -euo pipefail
record="$(jq -cn --arg image "$IMAGE" --arg from "$PREVIOUS" --arg to "$DIGEST" '{kind: "${kind}", image: $image, tag: "${tag}", from: $from, to: $to}')"
name="${tag}-$(date -u +%Y%m%dT%H%M%SZ)"
{
  echo "\\\`${tag}\\\` of \\\`\${IMAGE}\\\` now names \\\`\${DIGEST}\\\` (\\\`\${AUDIT}\\\`). Before, it named \\\`\${PREVIOUS:-nothing}\\\`."
  echo
  echo "<!-- tallyman \${record} -->"
} | tee -a "$GITHUB_STEP_SUMMARY" | gh release create "$name" --repo "$GITHUB_REPOSITORY" --latest=false --title "$name" --notes-file -`,
  };
}
