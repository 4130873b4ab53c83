import { canonicalHost, hostname } from './hosts.ts';

/** How one signs in to a kind of registry: what to type, for people to read. */
export interface Flavour {
  /** The product's name; `undefined` for a host that its name does not tell. */
  readonly title?: string;
  /** What the user name is, as a prompt. */
  readonly user: string;
  /** What is filled in as the user name where it is always the same. */
  readonly username?: string;
  /** What the password is, as a prompt. */
  readonly secret: string;
  /** The command line's own way to sign in. */
  readonly login?: string;
}

interface Known extends Flavour {
  matches(name: string): boolean;
}

const isOrBelow = (name: string, domain: string) => name === domain || name.endsWith(`.${domain}`);

/** Where each is written: the products' own pages on signing in with docker. */
const known: readonly Known[] = [
  {
    title: 'GitHub',
    matches: name => name === 'ghcr.io',
    user: 'GitHub user name',
    secret: 'Personal access token (classic) with read:packages, and write:packages to move tags. Fine-grained tokens are not taken.',
  },
  {
    title: 'Docker Hub',
    matches: name => name === 'docker.io',
    user: 'Docker ID',
    secret: 'Personal access token, from Account settings at app.docker.com',
    login: 'docker login',
  },
  {
    title: 'GitLab',
    matches: name => name === 'registry.gitlab.com' || /(?:^|\.)(?:registry\.)?gitlab\./.test(name),
    user: 'GitLab user name, or that of a deploy token',
    secret: 'Personal, project or group access token, or deploy token, with read_registry, and write_registry to move tags',
  },
  {
    title: 'Quay',
    matches: name => name === 'quay.io' || /^quay\./.test(name),
    user: 'Robot account (acme+reader), user name, or $oauthtoken for an OAuth token',
    secret: "The robot account's token, an encrypted password, or the OAuth token",
  },
  {
    title: 'Azure Container Registry',
    matches: name => isOrBelow(name, 'azurecr.io') || isOrBelow(name, 'azurecr.cn') || isOrBelow(name, 'azurecr.us'),
    user: 'Name of a token or service principal; 00000000-0000-0000-0000-000000000000 for what `az acr login --expose-token` prints',
    username: '00000000-0000-0000-0000-000000000000',
    secret: 'Password of the token or service principal, or the printed access token',
    login: 'az acr login',
  },
  {
    title: 'Google Artifact Registry',
    matches: name => name.endsWith('-docker.pkg.dev') || isOrBelow(name, 'gcr.io'),
    user: 'oauth2accesstoken for an access token, _json_key for a key of a service account',
    username: 'oauth2accesstoken',
    secret: 'What `gcloud auth print-access-token` prints (it lasts an hour), or the whole JSON key',
    login: 'gcloud auth configure-docker',
  },
  {
    title: 'Harbor',
    matches: name => /(?:^|[.-])harbor[.-]/.test(name),
    user: 'Harbor user name, or a robot account (robot$acme+reader)',
    secret: "The password, the CLI secret from your user profile where you sign in by OIDC, or the robot account's secret",
  },
];

const any: Flavour = { user: 'User name', secret: 'Password or access token' };

/** How one signs in at `host`, as far as its name tells. */
export function flavourOf(host: string): Flavour {
  const name = hostname(canonicalHost(host));
  return known.find(({ matches }) => matches(name)) ?? any;
}

/** The command that signs in to `host` outside of Tallyman. */
export function loginCommand(host: string): string {
  const name = canonicalHost(host);
  const { login } = flavourOf(name);
  if (login === undefined) return `docker login ${name}`;
  if (login === 'az acr login') return `az acr login --name ${name.split('.')[0]}`;
  return login === 'docker login' ? login : `${login} ${name}`;
}
