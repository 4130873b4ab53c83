import { describe, expect, test } from 'vitest';
import { alternatives, display, holes, type Template } from '../../../core/image/template.ts';
import { run } from './script.ts';

const shown = (template: Template) => alternatives(template).map(display).join('|');
/** The words of each command `use`, as they are known. */
function used(value: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const lines = run(value, env).commands.map(({ words }) => words.map(({ template }) => shown(template)));
  return lines.filter(([name]) => name === 'use').map(([, ...words]) => words.join(' '));
}
const shapes = (value: string) =>
  run(value)
    .commands.filter(({ words }) => shown(words[0]?.template ?? []) === 'use')
    .flatMap(({ words }) =>
      words.slice(1).map(({ template }) =>
        holes(template)
          .map(({ shape }) => shape)
          .join('+'),
      ),
    );

describe('values', () => {
  test.each([
    [
      'expansions',
      'use "${V:-d}" "${N:-d}" "${V#v}" "${V%.*}" "${V%%.*}" "${V:0:2}" "${V: -1}" "${V//./-}" "${V/1/x}" "${V^^}" "${#V}"',
      ['v1.2.3 ${N:-d}|d 1.2.3 v1.2 v1 v1 3 v1-2-3 vx.2.3 V1.2.3 6'],
    ],
    [
      'paths',
      'P=ghcr.io/acme/app; use "${P##*/}" "${P#*/}" "${P%/*}" "${P%%/*}" "$(basename "$P")" "$(dirname $P)"',
      ['app acme/app ghcr.io/acme ghcr.io app ghcr.io/acme'],
    ],
    ['a part that is not known', 'X="ghcr.io/$REF:latest"; use "${X##*:}" "${X%%:*}"', ['latest ghcr.io/${{ github.head_ref }}']],
    ['a default that is kept', ': "${D:=x}"; use "${D:-y}"', ['${D:=x}|y|x']],
    ['indirect', 'name=V; use "${!name}"', ['v1.2.3']],
    ['arrays', 'a=(x y); a+=("z $V"); a[0]=q; use "${a[@]}" "${#a[@]}" "${a[2]}" "${a[@]:1:1}"', ['q y z v1.2.3 3 z v1.2.3 y']],
    ['arrays with a change', 'a=(one two); use "${a[@]/#/--tag=}" ${a[@]^^}', ['--tag=one --tag=two ONE TWO']],
    ['joined arrays', 'a=(x:1 x:2); (IFS=,; use "${a[*]}")', ['x:1,x:2']],
    [
      'associative arrays',
      'declare -A m=([web]=a [api]=b); m[job]=c; use "${m[api]}" "${m[job]}"; for k in "${!m[@]}"; do use "$k-${m[$k]}"; done',
      ['b c', 'web-a', 'api-b', 'job-c'],
    ],
    ['braces', 'use x:{a,b} {1..3}', ['x:a x:b 1 2 3']],
    ['arithmetic', 'n=3; use $((n * 2 + 1)); ((n++)); use "$n"', ['7', '$n']],
    ['text with commas', 'IFS=, read -ra list <<< "a,b"; for t in "${list[@]}"; do use "$t"; done', ['a', 'b']],
    [
      'lists of each form',
      'if x; then L=a,b,c; else L=d; fi; IFS=, read -ra l <<< "$L"; use "${l[0]}" "${l[1]}" "${#l[@]}"; for t in "${l[@]}"; do use "$t"; done',
      ['a|d ${l[1]} ${#l[@]}', 'a|d', 'b', 'c'],
    ],
    ['fields of a line', 'IFS=", " read -r a b <<< "x, y"; IFS=/ read -r c d <<< "$REF"; use "$a" "$b" "$c"', ['x y $c']],
    ['a last separator', 'IFS=, read -ra l <<< "a,,b,"; use "${#l[@]}" "${l[2]}"', ['3 b']],
    ['lines of a command', 'mapfile -t l < <(printf "%s\\n" a "$V"); use "${l[@]}"', ['a v1.2.3']],
    [
      'lists that grow',
      'L=; if x; then L=r1; fi; L="${L:+$L,}r2"; IFS=, read -ra R <<< "$L"; IFS=, read -ra T <<< "1,2"; a=(); ' +
        'for r in "${R[@]}"; do for t in "${T[@]}"; do a+=(-t "$r:$t"); done; done; use "${a[@]}"',
      ['-t r1:1|r2:1 -t r1:2|r2:2 -t r2:1 -t r2:2'],
    ],
    ['printf', 'use "$(printf "%s:%s" a "$V")"; printf -v x "%s-%s" a b; use "$x"', ['a:v1.2.3', 'a-b']],
    ['escapes', "use \"\\$V\" '$V' $'a\\tb' a\\ b", ['$V $V a\tb a b']],
    ['continuation', 'use a \\\n  b', ['a b']],
    ['names of commands', 'C=use; $C push; "$C" x', ['push', 'x']],
    ['eval is not known', 'eval "T=x"; use "$T"', ['$T']],
  ])('%s', (_what, value, expected) => {
    expect(used(value, { V: 'v1.2.3' })).toEqual(expected);
  });
});

describe('the way through a script', () => {
  test.each([
    ['for', 'for t in a "$V"; do use $t; done', ['a', 'v1.2.3']],
    ['for over a value', 'L="a b"; for t in $L; do use x:$t; done', ['x:a', 'x:b']],
    ['for over what a command prints', "for t in $(echo a,b | tr ',' ' '); do use $t; done", ['a', 'b']],
    ['a value that a loop builds', 'for t in a b; do ARGS="$ARGS -t $t"; done; use $ARGS', ['$ARGS -t a -t b']],
    ['an array that a loop builds', 'a=(); for t in a b; do a+=(-t "$t"); done; use "${a[@]}"', ['-t a -t b']],
    ['break', 'for t in a b; do if x; then f=$t; break; fi; f=none; done; use "$f"', ['none|a|b']],
    ['C-style for', 'for ((i = 0; i < 3; i++)); do use "$i"; done', ['|$i']],
    ['while read', 'while read -r t; do use $t; done <<< "$(printf "a\\nb\\n")"', ['a', 'b']],
    ['while read of a last line without an end', 'printf "a\\nb" | while IFS= read -r t || [[ -n "$t" ]]; do use "$t"; done', ['a', 'b']],
    ['while read of what is not known', 'cat tags.txt | while read -r t; do use "$t"; done', ['$t']],
    ['while', 'n=0; while [ $n -lt 3 ]; do n=$((n + 1)); done; use "$n"', ['$((n + 1))|0']],
    ['until with a way out', 'while true; do x=1; if y; then break; fi; done; use "$x"', ['1']],
    ['if', 'if x; then t=a; elif y; then t=b; else t=c; fi; use $t', ['a|b|c']],
    ['if that is known', 'if [ "$V" = v1.2.3 ]; then use a; else use b; fi', ['a']],
    [
      'a variable equal to a word',
      'if [[ "$REF" == main ]]; then use "$REF"; else use "$REF"; fi; use "$REF"',
      ['main', '${{ github.head_ref }}', '${{ github.head_ref }}'],
    ],
    ['case', 'case "$REF" in main|dev) use "$REF" ;; v*) use tag ;; *) exit 1 ;; esac', ['main|dev', 'tag']],
    ['case that is known', 'case $V in v1.*) use one ;; v2.*) use two ;; esac', ['one']],
    ['and, or', '[ -n "$V" ] && t=a || t=b; use "$t"', ['b|a']],
    ['a check that ends', '[ "$REF" = main ] || exit 1; use "$REF"', ['main']],
    ['a function', 'tag() { local p=$1; echo "$p-${2:-x}"; }; use "$(tag a)" "$(tag b c)"; use "$p"', ['a-x b-c', '$p']],
    [
      'a function that returns early',
      't() { if [ "$1" = main ]; then echo latest; return; fi; echo "$1"; }; use "$(t main)" "$(t dev)"',
      ['latest dev'],
    ],
    ['a function that ends', 'die() { echo no; exit 1; }; x || die; use a', ['a']],
    ['a subshell', '(V=inner; use "$V"); use "$V"', ['inner', 'v1.2.3']],
    ['arguments', 'set -- a b; use "$1" "$2" "$#"; shift; use "$@"', ['a b 2', 'b']],
    ['an early way out', 'if x; then echo "t=a" >> "$GITHUB_OUTPUT"; exit 0; fi; use b', ['b']],
    ['words of different number', 'A="-t a"; if x; then A="x $A y"; fi; use $A', ['x -t a y', '-t a']],
  ])('%s', (_what, value, expected) => {
    expect(used(value, { V: 'v1.2.3' })).toEqual(expected);
  });

  test('what comes behind an early way out may not run', () => {
    expect(run('if x; then exit 0; fi\nuse a').commands.at(-1)?.conditional).toBe(true);
    expect(run('if x; then exit 1; fi\nuse a').commands.at(-1)?.conditional).toBe(false);
  });
});

describe('what commands print', () => {
  test.each([
    ['$(git rev-parse HEAD)', 'sha40'],
    ['$(git rev-parse --short=8 HEAD)', 'shortSha'],
    ['$(git rev-parse HEAD | cut -c1-7)', 'shortSha'],
    ['$(git merge-base origin/main HEAD)', 'sha40'],
    ['$(git describe --tags)', 'gitRef'],
    ['$(date +%Y%m%d)', 'timestamp'],
    ['$(echo $GITHUB_SHA | head -c 7)', 'shortSha'],
    ["$(skopeo inspect --format '{{.Digest}}' docker://a/b:1)", 'digest'],
    ['$(crane digest a/b:1)', 'digest'],
    ["$(docker buildx imagetools inspect a/b:1 --format '{{.Manifest.Digest}}')", 'digest'],
    ["$(docker buildx imagetools inspect a/b:1 --format '{{json .Manifest.Digest}}' | cut -d '\"' -f 2)", 'digest'],
    ["$(docker buildx imagetools inspect a/b:1 --format '{{json .Manifest.Digest}}' | tr -d '\"')", 'digest'],
    ["$(skopeo inspect docker://a/b:1 | jq -r '.Digest')", 'digest'],
    ["$(aws ecr describe-images --repository-name b --image-ids imageTag=1 --query 'imageDetails[0].imageDigest' --output text)", 'digest'],
    ["$(aws ecr describe-images --repository-name b --query 'imageDetails[*].imageDigest' --output text)", 'unknown'],
    ['$(az acr manifest show-metadata a/b:1 --query digest -o tsv)', 'digest'],
    ["$(gcloud artifacts docker images describe a/b:1 --format='value(image_summary.digest)')", 'digest'],
    ["$(docker inspect --format '{{index .RepoDigests 0}}' a/b:1)", 'unknown+digest'],
    ["$(docker inspect --format '{{index .RepoDigests 0}}' a/b:1 | cut -d@ -f2)", 'unknown'],
    ['$(echo -n "$REF" | sha256sum | cut -d" " -f1)', 'digestHex'],
    ['$(crane digest a/b:1 | cut -d: -f2)', 'digestHex'],
    ['$(crane digest a/b:1 | cut -c8-)', 'digestHex'],
    ["$(crane digest a/b:1 | awk -F: '{print $2}')", 'digestHex'],
    ["$(crane digest a/b:1 | sed 's/^sha256://')", 'digestHex'],
    ["$(crane digest a/b:1 | cut -d' ' -f1)", 'digest'],
    ['$(D=$(crane digest a/b:1); echo ${D#sha256:})', 'digestHex'],
    ['$(D=$(crane digest a/b:1); echo ${D##*:})', 'digestHex'],
    ['$(D=$(crane digest a/b:1); echo ${D:7})', 'digestHex'],
    ['$(D=$(crane digest a/b:1); echo ${D#*@})', 'digest'],
    ['$(D=$(crane digest a/b:1); D=${D#*:}; echo ${D:0:12})', 'tagSafe'],
    ['$(echo "$REF" | tr / -)', 'gitRef'],
    ['$(echo "$REF" | sed \'s/[^a-zA-Z0-9._-]/-/g\')', 'branchTag'],
    ['$(echo "$REF" | tr -cd \'[:alnum:]\')', 'branchTag'],
    ['`git rev-parse HEAD`', 'sha40'],
    ['$(unknown-tool)', 'unknown'],
    ['$(jq -r .pull_request.number "$GITHUB_EVENT_PATH")', 'integer'],
  ])('%s', (value, shape) => {
    expect(shapes(`use "${value}"`)).toEqual([shape]);
  });

  test('what was checked has the shape that the check asks for', () => {
    expect(shapes('[[ "$T" =~ ^v[0-9]+\\.[0-9]+\\.[0-9]+$ ]] || exit 1; use "$T"')).toEqual(['semver']);
    expect(shapes('if [[ ! "$T" =~ ^[A-Za-z0-9._-]+$ ]]; then exit 1; fi; use "$T"')).toEqual(['tagSafe']);
    expect(shapes('if [[ "$T" =~ ^[0-9a-f]{40}$ ]]; then use "$T"; fi; use "$T"')).toEqual(['sha40', 'unknown']);
    expect(shapes('[[ "$T" =~ v[0-9]+ ]] || exit 1; use "$T"')).toEqual(['unknown']);
  });
});

describe('shells inside the script', () => {
  test.each([
    ['bash -c', 'bash -c "use $V; if x; then use \'a b\'; fi"', ['v1.2.3', 'a b']],
    ['arguments of bash -c', 'bash -c \'use "$1"\' _ x', ['x']],
    ['a here-document', 'bash <<EOF\nuse $V\nEOF', ['v1.2.3']],
    ['ssh', "ssh -i key user@host 'T=1; use a:$T && use $V'", ['a:1', '$V']],
    ['ssh with values of here', 'ssh host "use $V"', ['v1.2.3']],
    ['ssh with a here-document', "ssh host <<'EOF'\nfor t in a b; do\n  use $t\ndone\nEOF", ['a', 'b']],
    [
      'sudo, env, timeout',
      'sudo -E use a; env A=1 use b; timeout 5m use c; retry -t 3 -- use d; nice -n 5 use e',
      ['a', 'b', 'c', 'd', 'e'],
    ],
    ['xargs', 'echo a b | xargs -n1 use x', ['x a', 'x b']],
    ['xargs with a mark', "echo a b | tr ' ' '\\n' | xargs -I{} use x:{}", ['x:a', 'x:b']],
    ['xargs of what is not known', 'cat list | xargs use', ['an item that xargs reads']],
    ['parallel', 'parallel use ::: a b', ['a', 'b']],
    ['find', "find . -name '*.sh' -exec use {} \\;", ['a file that find finds']],
  ])('%s', (_what, value, expected) => {
    expect(used(value, { V: 'v1.2.3' }).map(words => words.replace('${{ a', 'a').replace(' }}', ''))).toEqual(expected);
  });

  test('what a command prints is called as it is written, expressions too', () => {
    expect(used('use "$(unheard-of ${{ inputs.name }})"')).toEqual(['$(unheard-of ${{ inputs.name }})']);
  });

  test('a command in a string has its own place', () => {
    const value = "ssh host 'docker pull a/b:1 && docker tag a/b:1 c'";
    const places = run(value).commands.map(({ span, remote }) => [value.slice(span.start, span.end), remote]);
    expect(places).toEqual([
      ['docker pull a/b:1', true],
      ['docker tag a/b:1 c', true],
    ]);
  });
});

describe('what a step leaves', () => {
  test.each([
    ['{ echo "t=$V"; } | tee -a $GITHUB_OUTPUT', 't', 'v1.2.3'],
    ['echo "t=$V" | tee -a "$GITHUB_OUTPUT" "$GITHUB_ENV" > /dev/null', 't', 'v1.2.3'],
    ['cat >> "$GITHUB_OUTPUT" << EOF\nt=$V\nEOF', 't', 'v1.2.3'],
    ['f() { echo "$1=$2"; }; f t "$V" >> "$GITHUB_OUTPUT"', 't', 'v1.2.3'],
    ['for k in t u; do echo "$k=$V" >> "$GITHUB_OUTPUT"; done', 't', 'v1.2.3'],
    ['echo "::set-output name=t::$V"', 't', 'v1.2.3'],
    ['echo ::set-output name=t::$V', 't', 'v1.2.3'],
    ['echo ::set-output name=t::$(cat VERSION)-${V#v}', 't', '$(cat VERSION)-1.2.3'],
    ['echo "::set-output  name=t::a: $V::b"', 't', 'a: v1.2.3::b'],
    ['echo "t=$(gh pr view 7 --json title -q .title)" >> $GITHUB_OUTPUT', 't', '$(gh pr view 7 --json title -q .title)'],
    ['p=$(gh api repos/acme/web/pulls/7); echo "t=$(jq -r .head.sha <<< "$p")" >> $GITHUB_OUTPUT', 't', '$(jq -r .head.sha <<< "$p")'],
    [
      'd=$(openssl rand -hex 8)\necho "t<<$d" >> "$GITHUB_OUTPUT"\necho "$V" >> "$GITHUB_OUTPUT"\necho "$d" >> "$GITHUB_OUTPUT"',
      't',
      'v1.2.3',
    ],
    ['echo "t=$V" | sed \'s/v1/w/; s/\\./_/g\' >> $GITHUB_OUTPUT', 't', 'w_2_3'],
    ['echo "t=$REF" | sed "s/refs\\/heads\\///g" | sed "s|/|_|g" | tee -a "$GITHUB_OUTPUT"', 't', '${{ github.head_ref }}'],
    ['echo "t=ACME/$V" | awk \'{print tolower($0)}\' >> $GITHUB_OUTPUT', 't', 'acme/v1.2.3'],
    ['echo "t=x/$REF:y" | tr "/" "-" >> $GITHUB_OUTPUT', 't', 'x-${{ github.head_ref }}:y'],
    ['echo "t=$REF" | sed "s/.*\\///" >> $GITHUB_OUTPUT', 't', ''],
    ['printf "%s\\n" a b | sed "s/^/t=/" >> $GITHUB_OUTPUT', 't', 'b'],
    ['if x; then echo t=a >> $GITHUB_OUTPUT; exit 0; fi; echo t=b >> $GITHUB_OUTPUT', 't', 'a|b'],
  ])('%s', (value, name, expected) => {
    expect(shown(run(value, { V: 'v1.2.3' }).outputs.get(name) ?? [])).toBe(expected);
  });

  test('what a filter did to a line is told of what it may have changed', () => {
    const left = run(`echo "t=$REF-$GITHUB_SHA" | sed 's/refs\\/heads\\///g' | sed 's/\\//_/g' >> $GITHUB_OUTPUT`).outputs.get('t');
    expect(holes(left ?? []).map(({ shape, changes }) => [shape, changes])).toEqual([
      ['gitRef', ['sed s/refs\\/heads\\///g', 'sed s/\\//_/g']],
      ['sha40', undefined],
    ]);
  });

  test('the summary and what is announced', () => {
    const { writes, announcements } = run(
      'echo "## Pushed $GITHUB_SHA" >> "$GITHUB_STEP_SUMMARY"\necho "::warning title=x::stale"\necho "::error::no"; echo "a ::notice::b"',
    );
    expect(writes.map(({ sink, text }) => [sink, shown(text)])).toEqual([['summary', '## Pushed ${{ github.sha }}\n']]);
    expect(announcements.map(({ level, text }) => [level, shown(text)])).toEqual([
      ['warning', '::warning title=x::stale\n'],
      ['error', '::error::no\n'],
    ]);
  });

  test('streams, pipes and loops are told', () => {
    const [a, b, , d] = run('a > /dev/null 2>&1; b 2>/dev/null | c; for x in 1 2; do d; done').commands;
    expect([a?.stdout, a?.stderr, b?.stdout, b?.stderr, b?.position, b?.pipeline?.parts.length, b?.pipeline?.pipefail, d?.loops]).toEqual([
      'null',
      'null',
      'pipe',
      'null',
      0,
      2,
      false,
      1,
    ]);
  });
});
