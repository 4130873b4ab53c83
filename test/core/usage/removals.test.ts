import { describe, expect, test } from 'vitest';
import { display } from '../../../core/image/template.ts';
import { analyze } from '../../../core/usage/analyze.ts';
import { parseWorkflow } from '../../../core/workflow/parse.ts';
import { removed } from './commands/script.ts';

function deletes(uses: string, inputs: string): readonly string[] {
  const text = `on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n      - uses: ${uses}\n        with:\n${inputs.replace(/^/gm, '          ')}\n`;
  return analyze(parseWorkflow('.github/workflows/w.yml', text, 'workflow')).usages.flatMap(usage =>
    usage.kind === 'delete' ? [`${display(usage.reference.template)}${removed(usage.removal)}${usage.removal?.idle ? ', idle' : ''}`] : [],
  );
}

const owner = 'ghcr.io/${{ github.repository_owner }}';

describe('actions that remove images', () => {
  test.each([
    [
      'actions/delete-package-versions@v5',
      'package-name: app\npackage-type: container\nmin-versions-to-keep: 10',
      [`${owner}/app of tagged and untagged`],
    ],
    [
      'actions/delete-package-versions@v5',
      'package-name: app\npackage-type: container\ndelete-only-untagged-versions: true',
      [`${owner}/app of untagged`],
    ],
    [
      'actions/delete-package-versions@v5',
      'package-name: app\npackage-type: container\nignore-versions: ^(latest|prod)$',
      [`${owner}/app of tagged and untagged, idle`],
    ],
    [
      'actions/delete-package-versions@v5',
      'package-name: app\npackage-type: container\nignore-versions: ^(latest|prod)$\nignore-versions-include-tags: true\nowner: acme',
      ['ghcr.io/acme/app of tagged and untagged, not regex ^(latest|prod)$'],
    ],
    ['actions/delete-package-versions@v5', 'package-name: app\npackage-type: npm\nmin-versions-to-keep: 10', []],
    [
      'actions/delete-package-versions@v5',
      'package-name: app\npackage-type: container\npackage-version-ids: 1,2',
      [`${owner}/app of perhaps tagged and perhaps untagged`],
    ],
    ['dataaxiom/ghcr-cleanup-action@v1', 'token: x', ['ghcr.io/${{ github.repository }} of untagged, no children']],
    ['dataaxiom/ghcr-cleanup-action@v1', 'token: x\ndry-run: true', []],
    [
      'dataaxiom/ghcr-cleanup-action@v1',
      'packages: a,b\nkeep-n-tagged: 5\nexclude-tags: latest,v*',
      [
        `${owner}/a of tagged, not wildcard latest, wildcard v*, no children`,
        `${owner}/b of tagged, not wildcard latest, wildcard v*, no children`,
      ],
    ],
    [
      'dataaxiom/ghcr-cleanup-action@v1',
      'package: a\ndelete-tags: pr-*\nolder-than: 1 week',
      [`${owner}/a of tagged with wildcard pr-*, no children`],
    ],
    [
      'dataaxiom/ghcr-cleanup-action@v1',
      'package: a\ndelete-tags: ^pr-\nuse-regex: true\ndelete-untagged: true',
      [`${owner}/a of tagged and untagged with regex ^pr-, no children`],
    ],
    [
      'snok/container-retention-policy@v2',
      'image-names: app\ncut-off: 1 week ago UTC\naccount-type: org\norg-name: acme\nskip-tags: latest, v*',
      ['ghcr.io/acme/app of tagged and untagged, not wildcard latest, wildcard v*'],
    ],
    [
      'snok/container-retention-policy@v3.0.0',
      'account: user\nimage-names: app\ncut-off: 1w\nimage-tags: pr-* !latest\nskip-shas: sha256:aa',
      [`${owner}/app of tagged and untagged with wildcard pr-*, not wildcard latest, no children`],
    ],
    [
      'snok/container-retention-policy@4f22ef80902ad409ed55a99dc5133cc1250a0d03',
      'account: acme\nimage-names: app*\ncut-off: 1w\ntag-selection: untagged',
      ['ghcr.io/acme/${{ app* }} of untagged, perhaps children'],
    ],
    [
      'vlaurin/action-ghcr-prune@v0.6.0',
      'organization: acme\ncontainer: app\nprune-untagged: true\nkeep-tags: |\n  latest\n  prod',
      ['ghcr.io/acme/app of untagged with , not exact latest, exact prod'],
    ],
    ['Chizkiyahu/delete-untagged-ghcr-action@v4', 'package_name: app\nowner_type: org', [`${owner}/app of untagged, no children`]],
    [
      'bots-house/ghcr-delete-image-action@v1.1.0',
      'owner: acme\nname: app\ntag: pr-${{ github.event.number }}',
      ['ghcr.io/acme/app:pr-${{ github.event.number }}'],
    ],
    ['bots-house/ghcr-delete-image-action@v1.1.0', 'owner: acme\nname: app\nuntagged-keep-latest: 3', ['ghcr.io/acme/app of untagged']],
  ])('%s %s', (uses, inputs, expected) => {
    expect(deletes(uses, inputs)).toEqual(expected);
  });
});
