/** A build on a pull request with one finding: attacker-chosen text in a script. */
export const prTitle = `on: pull_request
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo "\${{ github.event.pull_request.title }}"
`;

/** The expression in \`prTitle\`. */
export const prTitleRange = { start: { line: 5, character: 19 }, end: { line: 5, character: 57 } };

/** A cache export to Amazon ECR without an image manifest. */
export const ecrCache = `on: push
jobs:
  build:
    runs-on: self-hosted
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:sha-\${{ github.sha }}
          cache-to: type=registry,ref=123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:buildcache,mode=max,ignore-error=true
          cache-from: type=registry,ref=123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:buildcache
`;
