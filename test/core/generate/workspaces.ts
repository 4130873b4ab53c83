/** Small repositories in which new workflows are made: by path, their files. */
export type Files = Readonly<Record<string, string>>;

const build = (image: string, login: string, sign = '', permissions = '') => `on:
  push:
    branches: [main]
permissions:
  contents: read
${permissions}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
${login}
      - id: build
        uses: docker/build-push-action@v6
        with:
          context: app
          push: true
          tags: ${image}:sha-\${{ github.sha }}
${sign}
`;

const githubLogin = `      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: \${{ secrets.GITHUB_TOKEN }}`;

const githubRights = '  packages: write\n  id-token: write\n  attestations: write';

const policy = `environments:
  staging:
    branch: main
  production:
    tag: prod
    aliases: [stable]
    from: [staging, sha-*]
    promoters: [octocat, hubot]
    audit: prod-{date}-{sha}
    signature:
      issuer: https://token.actions.githubusercontent.com
      identity: https://github.com/acme/shop/.github/workflows/build.yml@refs/tags/v*
`;

const sign = `      - run: cosign sign --yes "ghcr.io/acme/shop@\${{ steps.build.outputs.digest }}"`;

export const workspaces: Readonly<Record<string, Files>> = {
  'GitHub, signed, with a policy': {
    '.github/workflows/build.yml': build('ghcr.io/acme/shop', githubLogin, sign, githubRights),
    '.github/tallyman.yml': policy,
  },
  'GitHub, by the repository’s name, attested': {
    '.github/workflows/build.yml': build(
      'ghcr.io/${{ github.repository }}',
      githubLogin,
      `      - uses: actions/attest-build-provenance@v3
        with:
          subject-name: ghcr.io/\${{ github.repository }}
          subject-digest: \${{ steps.build.outputs.digest }}
          push-to-registry: true`,
      githubRights,
    ),
  },
  'Amazon ECR, the host from the login': {
    '.github/workflows/build.yml': build(
      '${{ steps.ecr.outputs.registry }}/shop',
      `      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: \${{ vars.AWS_ROLE_ARN }}
          aws-region: eu-west-1
      - id: ecr
        uses: aws-actions/amazon-ecr-login@v2`,
      '',
      '  id-token: write',
    ),
  },
  'Amazon ECR, written out': {
    '.github/workflows/build.yml': build(
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop',
      `      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: arn:aws:iam::111122223333:role/push
          aws-region: eu-west-1
      - uses: aws-actions/amazon-ecr-login@v2`,
      '',
      '  id-token: write',
    ),
  },
  'Docker Hub, pinned actions': {
    '.github/workflows/build.yml': build(
      'acme/shop',
      `      - uses: docker/login-action@5e57cd118135c172c3672efd75eb46360885c0ef # v3.6.0
        with:
          username: \${{ vars.HUB_USER }}
          password: \${{ secrets.HUB_TOKEN }}`,
    ),
  },
  'another registry, with a key': {
    '.github/workflows/build.yml': build(
      'registry.acme.com/web/shop',
      `      - uses: docker/login-action@v3
        with:
          registry: registry.acme.com
          username: robot
          password: \${{ secrets.ROBOT }}`,
    ),
    '.github/tallyman.yml': 'environments:\n  live:\n    signature:\n      key: cosign.pub\n',
  },
};
