/** A repository is told by these many remotes at most. */
const maximumRemotes = 16;

/**
 * The repositories that a checkout's `.git/config` names as its remotes, `owner/name` in lower case. Only addresses of hosts count, by
 * https, ssh or git's short form; what the file includes is not read.
 */
export function remoteRepositories(config: string): readonly string[] {
  const found = new Set<string>();
  let inRemote = false;
  for (const line of config.split('\n')) {
    const text = line.trim();
    if (text.startsWith('[')) inRemote = /^\[remote "[^"]*"\]$/.test(text);
    const address = inRemote ? /^url\s?=\s?(\S+)$/.exec(text)?.[1] : undefined;
    const repository = address && repositoryAt(address);
    if (repository && found.size < maximumRemotes) found.add(repository);
  }
  return [...found];
}

/** `https://github.com/acme/ci.git`, `git@github.com:acme/ci`, `ssh://git@github.com/acme/ci`. */
function repositoryAt(address: string): string | undefined {
  const path = /^(?:https?|ssh|git):\/\/[^/]+\/(.+)$/.exec(address)?.[1] ?? /^[\w.-]+@[\w.-]+:(?!\/)(.+)$/.exec(address)?.[1];
  const plain = path?.endsWith('/') ? path.slice(0, -1) : path;
  const name = plain?.endsWith('.git') ? plain.slice(0, -4) : plain;
  return name !== undefined && /^[\w.-]+\/[\w.-]+$/.test(name) ? name.toLowerCase() : undefined;
}
