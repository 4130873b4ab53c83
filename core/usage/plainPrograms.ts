import { literal } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import { isReadProgram } from './commands/index.ts';

/** Programs that neither log in to a registry nor run others that might, whatever their arguments. */
const plain: ReadonlySet<string> = new Set(
  (
    ': [ [[ alias apk apt apt-get awk base64 basename bc break brew cat cd chgrp chmod chown cksum clear cmp column comm command continue cosign cp curl cut ' +
    'date dd declare df diff dig dirname dnf dpkg du echo egrep env envsubst exit export expand false fgrep file find fmt fold free getconf getent getopt getopts ' +
    'gh git grep groups gunzip gzip hash head helm hexdump hostname id install jobs jq jp kill kubectl kustomize ldd less let ln local locale ls lscpu lsof mapfile md5sum mkdir ' +
    'mktemp more mount mv nc netstat nl nproc nslookup od openssl paste patch pgrep ping pkill popd printenv printf ps pushd pwd read readarray readlink ' +
    'readonly realpath rev rm rmdir sed seq set sha1sum sha256sum sha512sum shasum shift shuf sleep sort split ss stat strings sum sync sysctl systemctl tac tail tar ' +
    'tee test time top touch tr trap tree true truncate tty type typeset ulimit umask umount uname unexpand uniq unlink unset unshare unxz unzip uptime ' +
    'useradd usermod wait watch wc wget which who whoami xxd xz yes yq yum zcat zip zstd ' +
    'grype syft trivy dive hadolint cosign slsa-verifier actionlint shellcheck golangci-lint terraform tofu'
  ).split(' '),
);

/** Programs that run what a project says: the rest of the command line has to look as if it builds, tests or installs only. */
const limited: ReadonlyMap<string, RegExp> = new Map([
  ['npm', /^(?:ci|install|i|audit|config|version|test|ls|pkg|--version)\b/],
  ['pnpm', /^(?:install|i|audit|config|test|ls|--version)\b/],
  ['yarn', /^(?:install|audit|config|test|--version)\b/],
  ['pip', /^/],
  ['pip3', /^/],
  ['python', /^-m (?:pip|build|venv|pytest|twine)\b|^--version/],
  ['python3', /^-m (?:pip|build|venv|pytest|twine)\b|^--version/],
  ['go', /^(?:build|test|mod|version|env|install|vet|get|fmt)\b/],
  ['cargo', /^(?:build|test|check|fmt|clippy|install|fetch|--version)\b/],
  ['dotnet', /^(?:restore|build|test|publish|tool)\b/],
  ['gradle', /^(?!.*(?:jib|docker|image|login|publish|deploy|release))/i],
  ['gradlew', /^(?!.*(?:jib|docker|image|login|publish|deploy|release))/i],
  ['mvn', /^(?!.*(?:jib|docker|image|login|publish|deploy|release))/i],
  ['mvnw', /^(?!.*(?:jib|docker|image|login|publish|deploy|release))/i],
]);

/** Words of a command that are looked at. */
const maximumWords = 40;

/** Whether a command is understood as far as logins go: read by an adapter here, a function whose commands follow, or one that does nothing of the kind. */
export function isUnderstood(command: ShellCommand): boolean {
  if (command.isFunction) return true;
  const [first, ...rest] = command.words.slice(0, maximumWords).map(({ template }) => literal(template));
  if (first === undefined) return command.words.length === 0;
  const name = first.slice(first.lastIndexOf('/') + 1);
  const pattern = limited.get(name);
  if (pattern)
    return pattern.test(
      rest
        .map(word => word ?? '?')
        .join(' ')
        .slice(0, 500),
    );
  // A script of one's own may have the name of a program.
  if (/^\.{0,2}\//.test(first) && !/^\/(?:usr|bin|opt)\//.test(first)) return false;
  return plain.has(name) || isReadProgram(name);
}
