/** One commit of the example's history. Files are the example's own, as they are today unless `as` says how they were then. */
export interface Step {
  readonly author: Author;
  /** UTC. */
  readonly date: string;
  readonly message: string;
  readonly files: readonly (string | FormerFile)[];
  /** git tags this commit bears. */
  readonly tag?: string;
}

export interface FormerFile {
  readonly path: string;
  /** What the file was then, made from what it is today. */
  readonly as: (today: string) => string;
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

const mara: Author = { name: 'Mara Lindqvist', email: 'mara@acme.example' };
const jonas: Author = { name: 'Jonas Weber', email: 'jonas@acme.example' };
const aiko: Author = { name: 'Aiko Tanaka', email: 'aiko@acme.example' };

/** `main`, oldest first. After the last commit every file is what `demo/workspace` holds. */
export const main: readonly Step[] = [
  {
    author: mara,
    date: '2026-09-07T08:12:41Z',
    message: 'Start the API: a cart and its total',
    files: [
      { path: 'README.md', as: text => `${text.split('\n').slice(0, 3).join('\n')}\n` },
      '.gitignore',
      'api/Dockerfile',
      version('0.1.0'),
      { path: 'api/src/cart.js', as: withoutLines(/whole/) },
      { path: 'api/src/server.js', as: withoutLines(/\blog\b|healthz/) },
    ],
  },
  {
    author: jonas,
    date: '2026-09-09T13:40:05Z',
    message: 'Serve the web front with nginx',
    files: ['web/Dockerfile', 'web/nginx.conf', 'web/src/shop.css', { path: 'web/src/index.html', as: withoutLines(/shop\.js/) }],
  },
  {
    author: mara,
    date: '2026-09-14T09:25:18Z',
    message: 'Build both images on every push to main',
    files: [{ path: '.github/workflows/build.yml', as: beforeEcr }, '.github/workflows/image.yml'],
  },
  {
    author: aiko,
    date: '2026-09-16T15:02:33Z',
    message: 'Run both on the cluster',
    files: ['k8s/web.yaml', { path: 'k8s/api.yaml', as: withoutLines(/readinessProbe|httpGet/) }, '.github/workflows/deploy.yml'],
  },
  {
    author: jonas,
    date: '2026-09-22T10:51:47Z',
    message: "Show the cart's total",
    files: ['web/src/index.html', 'web/src/shop.js'],
  },
  { author: mara, date: '2026-09-29T07:30:00Z', message: 'Release 1.3.0', files: [version('1.3.0')], tag: 'v1.3.0' },
  {
    author: aiko,
    date: '2026-10-05T14:19:22Z',
    message: 'Give each pull request a preview image',
    files: ['.github/workflows/preview.yml'],
  },
  {
    author: jonas,
    date: '2026-10-13T11:08:56Z',
    message: 'Log carts as JSON lines',
    files: ['api/src/log.js', { path: 'api/src/server.js', as: withoutLines(/healthz/) }],
  },
  { author: mara, date: '2026-10-19T07:45:10Z', message: 'Release 1.4.0', files: [version('1.4.0')], tag: 'v1.4.0' },
  {
    author: aiko,
    date: '2026-10-23T16:33:09Z',
    message: 'Promote and roll back from the Actions tab',
    files: ['.github/workflows/promote.yml', '.github/workflows/rollback.yml'],
  },
  {
    author: mara,
    date: '2026-10-30T09:14:27Z',
    message: 'Refuse prices that are no whole cents\n\nA price of 9.99 made totals such as 29.969999999999995.',
    files: ['api/src/cart.js'],
  },
  { author: mara, date: '2026-11-03T08:05:44Z', message: 'Release 1.4.1', files: [version('1.4.1')], tag: 'v1.4.1' },
  {
    author: aiko,
    date: '2026-11-09T12:27:38Z',
    message: 'Keep the build cache in ECR\n\nThe runners moved to eu-west-1, so the layers come from next door.',
    files: ['.github/workflows/build.yml'],
  },
  { author: jonas, date: '2026-11-12T15:56:01Z', message: 'Say in the README what runs where', files: ['README.md'] },
  { author: mara, date: '2026-11-13T08:20:15Z', message: 'Release 1.4.2', files: [version('1.4.2')], tag: 'v1.4.2' },
  { author: mara, date: '2026-11-16T09:31:54Z', message: 'Answer health checks', files: ['api/src/server.js'] },
  {
    author: aiko,
    date: '2026-11-17T10:42:50Z',
    message: 'Promote the API to production by its verified digest',
    files: ['.github/workflows/promote-production.yml'],
  },
  {
    author: jonas,
    date: '2026-11-18T14:03:29Z',
    message: 'Send traffic only to an API that answers',
    files: ['k8s/api.yaml'],
  },
  { author: mara, date: '2026-11-19T08:10:36Z', message: 'Release 1.5.0', files: ['api/package.json'], tag: 'v1.5.0' },
];

/** The branch of pull request 42, and the commit of `main` it left from. */
export const pullRequest = {
  number: 42,
  branch: 'feature/gift-cards',
  from: 'v1.4.2',
  step: {
    author: jonas,
    date: '2026-11-16T17:21:12Z',
    message: 'Take gift cards at the till',
    files: [{ path: 'api/src/giftCards.js', as: () => giftCards }],
  } satisfies Step,
};

const giftCards = `/** What is left to pay once the card is used, in cents. */
export function redeem(total, card) {
  return Math.max(total - card.balance, 0);
}
`;

function version(number: string): FormerFile {
  return { path: 'api/package.json', as: text => text.replace(/"version": "[^"]*"/, `"version": "${number}"`) };
}

function withoutLines(pattern: RegExp): (text: string) => string {
  return text =>
    text
      .split('\n')
      .filter(line => !pattern.test(line))
      .join('\n');
}

/** The build before its cache went to ECR: no AWS, and GitHub's own cache. */
function beforeEcr(text: string): string {
  const aws = /\n {6}- uses: aws-actions\/configure[\s\S]*?amazon-ecr-login@v2\n/;
  return withoutLines(/ECR|cache-to/)(text.replace(aws, '')).replace(
    /(push: true\n[\s\S]*?labels }}\n)/,
    '$1          cache-from: type=gha\n          cache-to: type=gha,mode=max\n',
  );
}
