import { literal } from '../image/template.ts';
import type { ShellCommand } from './interpret.ts';

/** Programs that know nothing of `$GITHUB_OUTPUT`: what a step leaves there they do not write by themselves. */
const plain: ReadonlySet<string> = new Set(
  (
    '[ [[ : true false echo printf cd pwd set unset export local declare readonly shift read test exit return break continue trap wait let ' +
    'cat cp mv rm mkdir rmdir touch ln ls chmod chown find stat basename dirname realpath readlink mktemp tee head tail cut tr sed awk gawk grep egrep fgrep ' +
    'sort uniq wc xargs diff cmp comm paste join split rev tac nl seq date sleep timeout env uname hostname whoami id nproc df du free ps kill which command type ' +
    'base64 md5sum sha1sum sha256sum openssl uuidgen expr bc envsubst jq yq xmllint curl wget tar gzip gunzip zip unzip xz zstd ' +
    'git gh docker docker-compose podman buildah skopeo crane regctl oras cosign helm kubectl kustomize aws gcloud az terraform ssh scp rsync ' +
    'apt-get apt apk yum dnf brew sudo pip pip3 mapfile readarray pushd popd getopts umask ulimit'
  ).split(' '),
);

/** Whether a script's commands are all programs (or functions of the script) that write nothing to `$GITHUB_OUTPUT` unless it is redirected there. */
export function writesByRedirectionOnly(commands: readonly ShellCommand[]): boolean {
  return commands.every(({ words, isFunction }) => {
    const name = literal(words[0]?.template ?? []);
    return isFunction === true || (name !== undefined && plain.has(name));
  });
}
