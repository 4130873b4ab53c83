import { literal } from '../image/template.ts';
import type { ShellCommand } from '../shell/interpret.ts';
import { isReadProgram } from './commands/index.ts';

/** Programs that neither log in to a registry nor run others that might, whatever their arguments. */
const plain: ReadonlySet<string> = new Set(
  (
    ': [ [[ alias apk apt apt-get awk base64 basename bc break brew cat cd chgrp chmod chown cksum clear cmp column comm command continue cosign cp curl cut ' +
    'date dd declare df diff dig dirname dnf dpkg du echo egrep env envsubst exit export expand false fgrep file find fmt fold free getconf getent getopt getopts ' +
    'gh git grep groups gunzip gzip hash head helm hexdump hostname id install jobs jq jp kill kubectl kustomize ldd less let ln local locale ls lscpu lsof md5sum mkdir ' +
    'mktemp more mount mv nc netstat nl nproc nslookup od openssl paste patch pgrep ping pkill popd printenv printf ps pushd pwd read readarray readlink ' +
    'readonly realpath rev rm rmdir sed seq set sha1sum sha256sum sha512sum shasum shift shuf sleep sort split ss stat strings sum sync sysctl systemctl tac tail tar ' +
    'tee test time top touch tr trap tree true truncate tty type typeset ulimit umask umount uname unexpand uniq unlink unset unshare unxz unzip uptime ' +
    'useradd usermod wait watch wc wget which who whoami xxd xz yes yq yum zcat zip zstd ' +
    'grype syft trivy dive hadolint cosign slsa-verifier actionlint shellcheck golangci-lint terraform tofu'
  ).split(' '),
);

/** Programs that run what a project says, but do no more than this under these words. */
const limited: ReadonlyMap<string, RegExp> = new Map([
  ['npm', /^(?:ci|install|i|audit|config|version|test|ls|pkg|--version)$/],
  ['pnpm', /^(?:install|i|audit|config|test|ls|--version)$/],
  ['yarn', /^(?:install|audit|config|test|--version)$/],
  ['pip', /./],
  ['pip3', /./],
  ['go', /^(?:build|test|mod|version|env|install|vet|get|fmt)$/],
  ['cargo', /^(?:build|test|check|fmt|clippy|install|fetch|--version)$/],
  ['dotnet', /^(?:restore|build|test|publish|tool)$/],
]);

/** Whether a command is understood as far as logins go: read by an adapter here, a function whose commands follow, or one that does nothing of the kind. */
export function isUnderstood(command: ShellCommand): boolean {
  if (command.isFunction) return true;
  const [first, second] = command.words.map(({ template }) => literal(template));
  if (first === undefined) return command.words.length === 0;
  const name = first.slice(first.lastIndexOf('/') + 1);
  // A script of one's own may have the name of a program.
  if (/^\.{0,2}\//.test(first) && !/^\/(?:usr|bin|opt)\//.test(first)) return false;
  return plain.has(name) || isReadProgram(name) || limited.get(name)?.test(second ?? '') === true;
}
