import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { built } from '../fakes/built.ts';

const workspace = join(import.meta.dirname, '..', '..', 'demo', 'workspace');

interface Document {
  readonly files: number;
  readonly findings: readonly {
    readonly rule: string;
    readonly path: string;
    readonly range: { readonly start: { readonly line: number } };
  }[];
}

let document: Document;
beforeAll(async () => {
  const options = ['check', '--format', 'json', '--min-severity', 'hint', '.'];
  const { stdout } = spawnSync(process.execPath, [await built('cli'), ...options], { cwd: workspace, encoding: 'utf8' });
  document = JSON.parse(stdout) as Document;
});

/** Each finding of the workflow with the text of its line. */
function shownIn(workflow: string): string[] {
  const path = `.github/workflows/${workflow}`;
  const lines = readFileSync(join(workspace, path), 'utf8').split('\n');
  return document.findings.filter(found => found.path === path).map(({ rule, range }) => `${rule}: ${lines[range.start.line - 1]?.trim()}`);
}

const mistakes: Readonly<Record<string, readonly string[]>> = {
  'build.yml': ['cache-image-manifest: cache-to: type=registry,ref=${{ env.ECR }}/shop-api:buildcache,mode=max,ignore-error=true'],
  'deploy.yml': [
    'deploy-moving-tag: kubectl -n shop set image deployment/api api=ghcr.io/acme/shop-api:latest',
    'deploy-moving-tag: kubectl -n shop set image deployment/web web=ghcr.io/acme/shop-web:staging',
    'gate-cannot-fail: kubectl -n shop rollout status deployment/api --timeout=120s || true',
    'gate-cannot-fail: kubectl -n shop rollout status deployment/web --timeout=120s || true',
  ],
  'image.yml': ['latest-from-any-tag: ${{ inputs.image }}:latest'],
  'preview.yml': [
    'pr-preview-not-cancelled: preview:',
    'pr-input-in-shell: echo "Building a preview of ${{ github.head_ref }}"',
    'pr-input-in-shell: echo "### ${{ github.event.pull_request.title }}" >> "$GITHUB_STEP_SUMMARY"',
    'pr-preview-never-removed: docker push "ghcr.io/acme/shop-api:${tag}"',
  ],
  'promote.yml': [
    'promote-unconfirmed: promote:',
    'promote-unserialized: promote:',
    'pr-input-in-shell: docker pull ghcr.io/acme/shop-web:${{ inputs.from }}',
    'pr-input-unvalidated: docker pull ghcr.io/acme/shop-web:${{ inputs.from }}',
    'promote-loses-platforms: docker tag ghcr.io/acme/shop-web:${{ inputs.from }} ghcr.io/acme/shop-web:prod',
    'pr-input-in-shell: docker tag ghcr.io/acme/shop-web:${{ inputs.from }} ghcr.io/acme/shop-web:prod',
    'promote-no-trail: docker push ghcr.io/acme/shop-web:prod',
    'promote-not-read-back: docker push ghcr.io/acme/shop-web:prod',
    'promote-unverified: docker push ghcr.io/acme/shop-web:prod',
  ],
  'promote-production.yml': [],
  'rollback.yml': [
    'promote-unserialized: rollback:',
    'rollback-goes-forward: if [ "$digest" != "$current" ]; then',
    'pr-input-in-shell: echo "Rolling back because of: ${{ inputs.reason }}"',
    'promote-unverified: skopeo copy --all "docker://ghcr.io/acme/shop-${SERVICE}@${DIGEST}" "docker://ghcr.io/acme/shop-${SERVICE}:prod"',
    'promote-not-read-back: skopeo copy --all "docker://ghcr.io/acme/shop-${SERVICE}@${DIGEST}" "docker://ghcr.io/acme/shop-${SERVICE}:prod"',
  ],
};

test.for(Object.entries(mistakes))("the example's %s shows the mistakes that it was made with, and nothing else", ([workflow, shown]) => {
  expect(shownIn(workflow)).toEqual(shown);
});

test('these are all workflows of the example', () => {
  expect(document.files).toBe(Object.keys(mistakes).length);
  expect(readdirSync(join(workspace, '.github', 'workflows')).sort()).toEqual(Object.keys(mistakes).sort());
});
