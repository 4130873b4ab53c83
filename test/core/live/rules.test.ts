import { describe, expect, test } from 'vitest';
import { lintFile } from '../../../core/lint.ts';
import { findLive, workspaceOf } from './world.ts';

const path = '.github/workflows/example.yml';

/** A job with these steps, as a workflow. */
function job(steps: string, on = 'push', more = ''): string {
  const lines = steps
    .trim()
    .split('\n')
    .map(line => `      ${line}\n`);
  return `on: ${on}\njobs:\n  one:\n    runs-on: ubuntu-latest\n${more}    steps:\n${lines.join('')}`;
}

function found(steps: string, registry: string, more: { on?: string; files?: Readonly<Record<string, string>>; repository?: string } = {}) {
  const files: Readonly<Record<string, string>> = { [path]: job(steps, more.on), ...more.files };
  return findLive(files, registry, more.repository === undefined ? {} : { repository: more.repository }).map(
    ({ rule, message, span, path: at }) => ({
      rule,
      message,
      text: files[at]?.slice(span.start, span.end),
    }),
  );
}

const rulesOf = (findings: ReturnType<typeof found>) => findings.map(({ rule }) => rule);
const shop = 'ghcr.io/acme/shop';
const missing = `${shop}:1.4.2: missing`;

describe('live-tag-missing', () => {
  test.each([
    ['a pull', `- run: docker pull ${shop}:1.4.2`, 'pulled'],
    ['a deployment', `- run: kubectl set image deployment/web web=${shop}:1.4.2`, 'deployed'],
    ['a copy', `- run: crane copy ${shop}:1.4.2 ${shop}:prod`, 'copied'],
    ['a tag through the environment', `- run: docker pull "$IMAGE:1.4.2"\n  env:\n    IMAGE: ${shop}`, 'pulled'],
    ['the repository’s own name', '- run: docker pull ghcr.io/$' + '{{ github.repository }}:1.4.2', 'pulled'],
  ])('fires at %s', (_, steps, verb) => {
    const [finding, ...others] = found(steps, missing, { repository: 'acme/shop' });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'live-tag-missing', text: expect.stringContaining(':1.4.2') });
    expect(finding?.message).toContain(`is ${verb} here and is not in the registry (as of `);
  });

  test('fires at a job’s container and at a digest', () => {
    expect(
      rulesOf(found('- run: true', missing, { files: { [path]: job('- run: true', 'push', `    container: ${shop}:1.4.2\n`) } })),
    ).toEqual(['live-tag-missing']);
    const digest = `sha256:${'a'.repeat(64)}`;
    const [finding] = found(`- run: docker pull ${shop}@${digest}`, `${shop}@${digest}: missing`);
    expect(finding?.message).toContain('does not come back by itself');
  });

  test.each([
    ['nobody connected the registry', `- run: docker pull ${shop}:1.4.2`, `${shop}:1.4.2: notConnected`],
    ['the registry could not be asked', `- run: docker pull ${shop}:1.4.2`, `${shop}:1.4.2: unknown`],
    ['the pull may fail', `- run: docker pull ${shop}:1.4.2 || true`, missing],
    ['the pull is a question', `- run: if docker pull ${shop}:1.4.2; then echo yes; fi`, missing],
    ['something asks whether it is there', `- run: docker manifest inspect ${shop}:1.4.2`, missing],
    ['the same workflow pushes it', `- run: docker push ${shop}:1.4.2\n- run: docker pull ${shop}:1.4.2`, missing],
    ['it is pushed alone', `- run: docker push ${shop}:1.4.2`, missing],
    ['the same workflow may push it', `- run: docker push ${shop}:$TAG\n- run: docker pull ${shop}:1.4.2`, missing],
    ['a run decides the tag', `- run: docker pull ${shop}:$TAG`, missing],
    ['it is a cache', `- uses: docker/build-push-action@v6\n  with:\n    cache-from: type=registry,ref=${shop}:1.4.2`, missing],
    ['the registry is the job’s own', '- run: docker pull localhost:5000/app:1.4.2', 'localhost:5000/app:1.4.2: missing'],
    ['a comment ignores it', `- run: docker pull ${shop}:1.4.2 # tallyman: ignore[live-tag-missing] comes tonight`, missing],
    ['the image is no image', '- run: docker create --name empty scratch', 'docker.io/scratch:latest: missing'],
    ['nothing is to be pulled', `- run: docker run --pull never ${shop}:1.4.2`, missing],
    ['an archive may hold it', `- run: docker load -i image.tar\n- run: docker run --rm ${shop}:1.4.2`, missing],
    ['compose builds images', `- run: docker compose build\n- run: docker run --rm ${shop}:1.4.2`, missing],
    ['nobody can follow what comes before', `- run: make image\n- run: docker run --rm ${shop}:1.4.2`, missing],
    ['the cluster is the job’s own', `- uses: helm/kind-action@v1\n- run: kubectl set image deployment/web web=${shop}:1.4.2`, missing],
    [
      'a step asks before',
      `- id: it\n  run: if docker manifest inspect ${shop}:1.4.2; then echo is=true >> $GITHUB_OUTPUT; fi\n- if: steps.it.outputs.is\n  run: docker pull ${shop}:1.4.2`,
      missing,
    ],
  ])('is silent where %s', (_, steps, registry) => {
    expect(found(steps, registry)).toEqual([]);
  });

  const deploy = `- run: kubectl set image deployment/web web=${shop}:1.4.2`;
  const push = `- run: docker push ${shop}:1.4.2`;
  const calling = (uses: string, then: string) =>
    `on: push\njobs:\n  build:\n    uses: ${uses}\n  deploy:\n    needs: build\n    runs-on: ubuntu-latest\n    steps:\n      ${then}\n`;
  const called = '.github/workflows/called.yml';

  test.each([
    ['a called workflow pushes it', { [path]: calling(`./${called}`, deploy), [called]: job(push, 'workflow_call') }],
    ['a workflow elsewhere may push it', { [path]: calling('acme/ci/.github/workflows/build.yml@v1', deploy) }],
    [
      'the caller pushes it',
      {
        [path]: `${job(push)}  deploy:\n    needs: one\n    uses: ./${called}\n`,
        [called]: job(deploy, 'workflow_call'),
      },
    ],
    [
      'the workflow that starts it pushes it',
      { [path]: job(deploy, '{ workflow_run: { workflows: [Build], types: [completed] } }'), [called]: `name: Build\n${job(push)}` },
    ],
  ])('is silent where %s', (_, files) => {
    expect(findLive(files, missing)).toEqual([]);
  });

  test('fires where another workflow alone pushes it: nobody knows when', () => {
    const [finding, ...others] = findLive({ [path]: job(deploy, 'workflow_dispatch'), [called]: job(push) }, missing);
    expect([finding?.rule, finding?.path, others]).toEqual(['live-tag-missing', path, []]);
  });

  test('fires at a mirror’s source, which its copy does not make', () => {
    const copy = `- run: crane copy quay.io/acme/tool:2 ghcr.io/$` + '{{ github.repository_owner }}/tool:2';
    expect(rulesOf(found(copy, 'quay.io/acme/tool:2: missing'))).toEqual(['live-tag-missing']);
  });
});

describe('live-tag-stale', () => {
  const build = `- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: ${shop}:edge`;
  const registry = (commits = 'Two, One') =>
    `${shop}:edge: { digest: '1a2b', revision: abcdef1 }\nbehind: { total: 2, commits: [${commits}] }`;
  const main = '{ push: { branches: [main] } }';

  test('fires where every push to one branch builds the tag, and names the commits', () => {
    const [finding, ...others] = found(build, registry(), { on: main });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'live-tag-stale', text: `${shop}:edge` });
    expect(finding?.message).toContain('is 2 commits behind `main`');
    expect(finding?.message).toContain('1111111 Two; 2222222 One');
  });

  test('is said once, where the tag is read', () => {
    const files = {
      [path]: job(`- run: docker pull ${shop}:edge\n- run: docker pull ${shop}:edge`),
      'b/.github/workflows/build.yml': job(build, main),
    };
    const findings = findLive(files, registry());
    // The building file says it too: either may be the one that is open.
    expect(findings.map(finding => finding.path)).toEqual(Object.keys(files));
  });

  test('fires for the branch that the policy gives an environment', () => {
    const policy = `environments:\n  edge:\n    repositories: ${shop}\n    branch: develop\n`;
    const [finding] = found(`- run: docker pull ${shop}:edge`, registry(), { files: { '.github/tallyman.yml': policy } });
    expect(finding?.message).toContain('behind `develop`');
  });

  test('fires where metadata-action gives the tag on the default branch, which is the only one that starts it', () => {
    const rows = `- id: meta\n  uses: docker/metadata-action@v5\n  with:\n    images: ${shop}\n    tags: |\n      type=sha\n      type=raw,value=edge,enable={{is_default_branch}}`;
    const push = `- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: $` + '{{ steps.meta.outputs.tags }}';
    const on = '{ push: { branches: [main], tags: [v*] } }';
    expect(rulesOf(found(`${rows}\n${push}`, registry(), { on }))).toEqual(['live-tag-stale']);
    expect(rulesOf(found(`${rows}\n${push}`, registry(), { on: on.replace('main', 'develop') }))).toEqual([]);
    expect(rulesOf(found(`${rows.replace(',enable={{is_default_branch}}', '')}\n${push}`, registry(), { on }))).toEqual([]);
  });

  test('fires for `type=edge`, and for what a job for each platform built', () => {
    const edge = `- id: meta\n  uses: docker/metadata-action@v5\n  with:\n    images: ${shop}\n    tags: type=edge`;
    const push = `- uses: docker/build-push-action@v6\n  with:\n    push: true\n    tags: $` + '{{ steps.meta.outputs.tags }}';
    expect(rulesOf(found(`${edge}\n${push}`, registry(), { on: main }))).toEqual(['live-tag-stale']);
    expect(rulesOf(found(`${edge}\n${push}`, registry(), { on: main.replace('main', 'develop') }))).toEqual([]);
    const parts = `- uses: docker/build-push-action@v6\n  with:\n    outputs: type=image,name=${shop},push-by-digest=true,push=true`;
    const merge = `- run: docker buildx imagetools create -t ${shop}:edge $(printf '${shop}@sha256:%s ' *)`;
    expect(rulesOf(found(`${parts}\n${merge}`, registry(), { on: main }))).toEqual(['live-tag-stale']);
  });

  test.each([
    ['it is not behind', build, `${shop}:edge: { digest: '1a2b', revision: abcdef1 }\nbehind: { total: 0, commits: [] }`, main],
    ['the newest commit has only just come', build, registry(`{ subject: One, time: '2026-11-21T11:30:00Z' }`), main],
    ['the image names no commit', build, `${shop}:edge: { digest: '1a2b' }\nbehind: { total: 2, commits: [One] }`, main],
    ['git does not know', build, `${shop}:edge: { digest: '1a2b', revision: abcdef1 }`, main],
    ['pushes to any branch build it', build, registry(), 'push'],
    ['pushes to two branches build it', build, registry(), '{ push: { branches: [main, develop] } }'],
    ['only some paths start it', build, registry(), '{ push: { branches: [main], paths: [api/**] } }'],
    ['git tags build it too', build, registry(), '{ push: { branches: [main], tags: [v*] } }'],
    ['somebody starts it by hand alone', build, registry(), 'workflow_dispatch'],
    ['another step decides', build.replace('- uses', '- if: steps.changed.outputs.api\n  uses'), registry(), main],
    ['a promotion moves it too', `${build}\n- run: crane copy ${shop}:edge-2 ${shop}:edge`, registry(), main],
  ])('is silent where %s', (_, steps, registry, on) => {
    expect(rulesOf(found(steps, registry, { on }))).toEqual([]);
  });
});

describe('live-platform-missing', () => {
  const build = (platforms: string, tag = 'edge') =>
    `- uses: docker/build-push-action@v6\n  with:\n    push: true\n    platforms: ${platforms}\n    tags: ${shop}:${tag}`;
  const one = `${shop}:edge: { digest: '1a2b', platforms: [linux/amd64] }\n${shop}:prod: { digest: '1a2b', platforms: [linux/amd64] }`;

  test('fires at a tag that was built for more, also where it is only ever copied', () => {
    const [finding] = found(build('linux/amd64,linux/arm64'), one);
    expect(finding?.message).toContain('has no linux/arm64');
    const copied = found(`${build('linux/amd64,linux/arm64', '1.0.0')}\n- run: crane tag ${shop}:1.0.0 prod`, one);
    expect(rulesOf(copied)).toEqual(['live-platform-missing']);
    expect(copied[0]?.message).toContain(`\`${shop}:prod\` has no linux/arm64`);
  });

  test.each([
    ['it is built for one', build('linux/amd64'), one],
    ['the tag names one build', build('linux/amd64,linux/arm64', '1.0.0'), `${shop}:1.0.0: { digest: '1a2b', platforms: [linux/amd64] }`],
    ['a run decides', build('$' + '{{ inputs.platforms }}'), one],
    ['nothing says', `- run: docker push ${shop}:edge`, one],
    ['builds differ', `${build('linux/amd64,linux/arm64')}\n${build('linux/amd64')}`, one],
    [
      'the variant alone differs',
      build('linux/amd64,linux/arm64'),
      `${shop}:edge: { digest: '1a2b', platforms: [linux/amd64, linux/arm64/v8] }`,
    ],
    ['the registry does not tell', build('linux/amd64,linux/arm64'), `${shop}:edge: { digest: '1a2b' }`],
  ])('is silent where %s', (_, steps, registry) => {
    expect(found(steps, registry)).toEqual([]);
  });
});

describe('what the policy says', () => {
  const policy = (more: string) => ({ '.github/tallyman.yml': `environments:\n  prod:\n    repositories: ${shop}\n${more}` });
  const signature =
    '    signature:\n      issuer: https://token.actions.githubusercontent.com\n      identity: https://github.com/acme/shop/.github/workflows/b.yml@refs/heads/main\n';
  const pull = `- run: docker pull ${shop}:prod`;
  const unsigned = `${shop}:prod: { digest: '1a2b', signed: unsigned }`;

  test('live-unsigned fires where a signature is demanded and there is none', () => {
    expect(rulesOf(found(pull, unsigned, { files: policy(signature) }))).toEqual(['live-unsigned']);
  });

  test.each([
    ['no policy', {}, unsigned],
    ['no signature in the policy', policy('    aliases: [live]\n'), unsigned],
    ['a signed image', policy(signature), `${shop}:prod: { digest: '1a2b', signed: signed }`],
    ['a registry that does not tell', policy(signature), `${shop}:prod: { digest: '1a2b' }`],
    [
      'another repository',
      { '.github/tallyman.yml': policy(signature)['.github/tallyman.yml'].replace(shop, 'ghcr.io/acme/web') },
      unsigned,
    ],
  ])('live-unsigned is silent with %s', (_, files, registry) => {
    expect(found(pull, registry, { files })).toEqual([]);
  });

  const drift = `${shop}:prod: { digest: '1a2b' }\n${shop}:live: { digest: '3c4d' }`;
  test('live-drift fires where an alias names another image, at the tag and at the alias', () => {
    expect(found(pull, drift, { files: policy('    aliases: [live]\n') })[0]?.message).toContain(
      'names 1a2b00000000, but `live` names 3c4d00000000',
    );
    expect(rulesOf(found(pull.replace('prod', 'live'), drift, { files: policy('    aliases: [live]\n') }))).toEqual(['live-drift']);
  });

  test.each([
    ['no alias in the policy', policy('    branch: main\n'), drift],
    ['the same image', policy('    aliases: [live]\n'), drift.replace('3c4d', '1a2b')],
    ['an alias that is missing', policy('    aliases: [live]\n'), `${shop}:prod: { digest: '1a2b' }\n${shop}:live: missing`],
    ['an alias that nobody asked for', policy('    aliases: [live]\n'), `${shop}:prod: { digest: '1a2b' }`],
  ])('live-drift is silent with %s', (_, files, registry) => {
    expect(found(pull, registry, { files })).toEqual([]);
  });

  test('the policy changes severities and switches live rules off, and names no rule that does not exist', () => {
    const files = (choice: string) => ({
      [path]: job(`- run: docker pull ${shop}:1.4.2`),
      '.github/tallyman.yml': `rules:\n  live-tag-missing: ${choice}\n`,
    });
    expect(findLive(files('hint'), missing).map(({ severity }) => severity)).toEqual(['hint']);
    expect(findLive(files('off'), missing)).toEqual([]);
    expect(lintFile(workspaceOf(files('off')), '.github/tallyman.yml')).toEqual([]);
  });
});

describe('what the repository’s settings say', () => {
  const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop';
  const push = (tag: string) => `- run: docker push ${ecr}:${tag}`;
  const immutable = 'settings: { immutable: true }';

  test('live-immutable-conflict fires at a moving tag and at a cache', () => {
    expect(rulesOf(found(push('latest'), immutable))).toEqual(['live-immutable-conflict']);
    const cache = `- uses: docker/build-push-action@v6\n  with:\n    cache-to: type=registry,ref=${ecr}:cache,mode=max`;
    expect(rulesOf(found(cache, immutable))).toEqual(['live-immutable-conflict']);
  });

  test('live-immutable-conflict is said once, at the row that gives the tag, and only where something pushes it', () => {
    const meta = `- id: meta\n  uses: docker/metadata-action@v5\n  with:\n    images: ${ecr}\n    tags: type=edge`;
    const build = (pushes: boolean) =>
      `- uses: docker/build-push-action@v6\n  with:\n    push: ${pushes}\n    tags: \${{ steps.meta.outputs.tags }}`;
    expect(found(`${meta}\n${build(true)}`, immutable).map(({ rule, text }) => [rule, text])).toEqual([
      ['live-immutable-conflict', 'type=edge'],
    ]);
    expect(found(`${meta}\n${build(false)}`, immutable)).toEqual([]);
  });

  test('live-immutable-conflict fires at the tags that an otherwise mutable repository freezes, and at no other', () => {
    const frozen = "settings: { immutable: false, exclusions: ['lat*'] }";
    expect(found(push('latest'), frozen)[0]?.message).toContain('`shop` lets nobody push `latest` twice');
    expect(found(push('staging'), frozen)).toEqual([]);
  });

  test.each([
    ['settings that nobody tells', push('latest'), ''],
    ['a field that is missing', push('latest'), 'settings: { exclusions: [] }'],
    ['mutable tags', push('latest'), 'settings: { immutable: false }'],
    ['an exclusion', push('latest'), "settings: { immutable: true, exclusions: ['lat*'] }"],
    ['a tag of one build', push('1.4.2'), immutable],
    ['a tag that is read', `- run: docker pull ${ecr}:latest`, immutable],
  ])('live-immutable-conflict is silent with %s', (_, steps, registry) => {
    expect(found(steps, registry)).toEqual([]);
  });

  const expiring = `${ecr}:1.4.2: { digest: '1a2b' }\nsettings: { expiring: [{ digest: '1a2b', tags: [old] }] }`;
  test('live-expiring fires by the digest and by the tag', () => {
    const deploy = `- run: kubectl set image deployment/web web=${ecr}:1.4.2`;
    expect(rulesOf(found(deploy, expiring))).toEqual(['live-expiring']);
    expect(rulesOf(found(deploy, "settings: { expiring: [{ digest: '3c4d', tags: [1.4.2] }] }"))).toEqual(['live-expiring']);
  });

  test.each([
    ['other images', `- run: docker pull ${ecr}:1.5.0`, expiring],
    ['settings that nobody tells', `- run: docker pull ${ecr}:1.4.2`, `${ecr}:1.4.2: { digest: '1a2b' }`],
    ['what is only pushed', push('1.4.2'), expiring],
    ['a look at it', `- run: docker manifest inspect ${ecr}:1.4.2`, expiring],
  ])('live-expiring is silent with %s', (_, steps, registry) => {
    expect(found(steps, registry)).toEqual([]);
  });
});

test('a comment for a live rule is never left over, since nobody knows what it ignores', () => {
  const text = job(`- run: docker pull ${shop}:1.4.2 # tallyman: ignore[live-tag-missing] comes tonight`);
  expect(lintFile(workspaceOf({ [path]: text }), path).filter(({ rule }) => rule.startsWith('ignore-'))).toEqual([]);
  const wrong = text.replace('live-tag-missing', 'live-tag-gone');
  expect(lintFile(workspaceOf({ [path]: wrong }), path).map(({ rule }) => rule)).toContain('ignore-unused');
});
