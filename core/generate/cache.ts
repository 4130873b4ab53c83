import { environmentBlock } from './promotion.ts';
import type { Settings } from './settings.ts';
import { buildStep, loginSteps, pushPermissions } from './steps.ts';
import { indented, type Step, stepList } from './yaml.ts';

const cacheRef = 'type=registry,ref=${{ env.IMAGE }}:buildcache';

/** A build whose layers are kept in the registry: pushes to the branch write and read the cache, pull requests read it. */
export function cache(settings: Settings): string {
  const { repository, uses } = settings;
  const start: readonly Step[] = [{ uses: uses('actions/checkout', 'v4') }, { uses: uses('docker/setup-buildx-action', 'v3') }];
  const build: readonly Step[] = [
    ...start,
    ...loginSteps(settings),
    {
      id: 'build',
      ...buildStep(settings, {
        push: 'true',
        tags: '${{ env.IMAGE }}:sha-${{ github.sha }}',
        labels: 'org.opencontainers.image.revision=${{ github.sha }}',
        'cache-from': cacheRef,
        // Amazon ECR takes no other form, and every registry takes this one. A cache that cannot be written costs time, no more.
        'cache-to': `${cacheRef},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`,
      }),
    },
    { uses: uses('sigstore/cosign-installer', 'v3') },
    {
      name: 'Sign what was pushed',
      env: { DIGEST: '${{ steps.build.outputs.digest }}' },
      run: 'cosign sign --yes "${IMAGE}@${DIGEST}"',
    },
  ];
  const isOpen = repository.access.kind === 'ghcr';
  const attempt: readonly Step[] = [
    ...start,
    ...(isOpen ? loginSteps(settings) : []),
    buildStep(settings, { push: 'false', ...(repository.inLogin ? {} : { 'cache-from': cacheRef }) }),
  ];
  const rights = [...new Set([...pushPermissions(settings), 'id-token: write'])];
  return `name: Build image

on:
  push:
    branches: [${repository.branch}]
  pull_request:

permissions:
  contents: read
${environmentBlock(settings)}
jobs:
  build:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
${indented(rights.join('\n'), 6)}
    steps:
${indented(stepList(build), 6)}

  # Reads the cache and never writes it: what a pull request builds must not end in a release.
  try:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read${isOpen ? '\n      packages: read' : ''}
    concurrency:
      group: try-\${{ github.event.pull_request.number }}
      cancel-in-progress: true
    steps:
${indented(stepList(attempt), 6)}
`;
}
