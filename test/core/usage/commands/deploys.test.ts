import { describe, expect, test } from 'vitest';
import { lines, usagesOf } from './script.ts';

describe('kubectl', () => {
  test.each([
    ['kubectl set image deployment/web web=a/b:1 side=c/d:2', ['deploy a/b:1 to deployment/web', 'deploy c/d:2 to deployment/web']],
    ['kubectl -n prod set image deploy web "*=a/b:1"', ['deploy a/b:1 to deploy web prod']],
    ['kubectl $FLAGS set image deploy web web=a/b:1 --namespace=x', ['deploy a/b:1 to deploy web x']],
    ['kubectl set image --local -f x.yml web=a/b:1 -o yaml', ['deploy a/b:1 to']],
    ['kubectl set image deploy/web web=a/b:1 --dry-run=client', []],
    ['kubectl set env deployment/web A=b', []],
    ['kubectl argo rollouts set image web web=a/b:1', ['deploy a/b:1 to web']],
    ['oc set image dc/web web=a/b:1', ['deploy a/b:1 to dc/web']],
    ['kubectl rollout restart deployment/web -n prod', ['restart deployment/web prod']],
    ['kubectl rollout status deployment/web', []],
    ['kubectl create deployment web --image=a/b:1', ['deploy a/b:1 to web']],
    ['kubectl run web --image a/b:1 --port 80', ['deploy a/b:1 to web']],
    ['kubectl run tmp --rm -i --restart=Never --image=busybox -- sh', ['pull busybox']],
    ['kubectl debug pod/web --image=busybox', ['pull busybox']],
    [`kubectl patch deploy web -p '{"spec":{"containers":[{"name":"web","image":"a/b:1"}]}}'`, ['deploy a/b:1 to deploy web']],
    ['kubectl patch deploy web -p "{\\"image\\":\\"a/b:$TAG\\"}"', ['deploy a/b:$TAG to deploy web']],
    ['kubectl apply -f k8s/', []],
    [
      'kubectl apply -f - <<EOF\nspec:\n  containers:\n    - name: web\n      image: a/b:$TAG\n    - image: "c/d:1"\nEOF',
      ['deploy a/b:$TAG to', 'deploy c/d:1 to'],
    ],
    ['cat <<EOF | kubectl apply -n x -f -\nimage: a/b:$TAG\nEOF', ['deploy a/b:$TAG to x']],
    ['sed "s|image: .*|image: a/b:$TAG|" k8s/web.yml | kubectl apply -f -', ['deploy a/b:$TAG to']],
    ['helm template web ./chart --set image.tag=$TAG | kubectl apply -f -', ['deploy (the image):$TAG to web']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });

  test('finds the images of a manifest in the repository', () => {
    expect(lines('kubectl apply -f k8s/web.yml', { 'k8s/web.yml': 'a:\n  - image: a/b:1\n' })).toEqual(['deploy a/b:1 to']);
  });

  test('the place is the reference itself, also in JSON and in a here-document', () => {
    const { of, at } = usagesOf(
      `kubectl set image deploy/web "web=a/b:$TAG"\nkubectl patch deploy web -p '{"image": "a/b:1"}'\nkubectl apply -f - <<EOF\n  image: a/b:$TAG\nEOF`,
    );
    expect(of('deploy').map(({ reference }) => at(reference.span))).toEqual(['a/b:$TAG', 'a/b:1', 'a/b:$TAG']);
  });
});

describe('helm', () => {
  test.each([
    ['--set image.repository=a/b,image.tag=1', ['deploy a/b:1 to web']],
    ['--set image.tag=$TAG -n prod', ['deploy (the image):$TAG to web prod']],
    ['--set-string "api.image.tag=1,web.image.tag=2"', ['deploy (the image):1 to web', 'deploy (the image):2 to web']],
    ['--set image.registry=a.io --set image.repository=b --set image.digest=sha256:aa', ['deploy a.io/b@sha256:aa to web']],
    ['--set api.image=a/b:1,replicas=2', ['deploy a/b:1 to web']],
    ['--set image=a/b', ['deploy a/b:(the tag that is set elsewhere) to web']],
    ['--set image=$IMAGE', ['deploy $IMAGE to web']],
    ['--set imageTag=1 --set other="x\\,image.tag=2"', ['deploy (the image):1 to web']],
    ['--set image.pullPolicy=Always,imagePullSecrets[0].name=x', []],
    ['--set image.tag=1 --dry-run', []],
    ['-f values.yml', []],
  ])('upgrade --install web ./chart %s', (args, expected) => {
    expect(lines(`helm upgrade --install web ./chart ${args}`)).toEqual(expected);
  });

  test('pushes charts, not images, and logs in', () => {
    expect(lines('helm push web-1.tgz oci://a.io/charts\nhelm registry login a.io -u x --password-stdin')).toEqual(['login a.io by stdin']);
  });

  test('a tag’s place is the value behind its name', () => {
    const { of, at } = usagesOf('helm upgrade web c --set "image.repository=a/b,image.tag=$TAG"');
    expect(of('deploy').map(({ reference }) => at(reference.span))).toEqual(['$TAG']);
  });
});

describe('files of the repository', () => {
  const files = {
    'chart/values.yaml': 'image:\n  repository: ghcr.io/acme/web\n  tag: ""\nservice: { port: 80 }\n',
    'chart/values-prod.yaml':
      'image: { tag: v1.2.3 }\nworker:\n  image:\n    repository: ghcr.io/acme/worker\n    tag: latest\nrelease: { tag: x }\n',
    'chart/values-late.yaml': 'image: { tag: __TAG__ }\n',
    'k8s/web.yaml':
      'kind: Deployment\nspec:\n  containers:\n    - image: ghcr.io/acme/web:latest\n---\nspec: { initContainers: [{ image: "ghcr.io/acme/init:1" }] }\n',
    'k8s/job.json': '{"image": "ghcr.io/acme/job@sha256:aa"}',
    'k8s/late.yml': 'image: ${IMAGE}\n',
    'k8s/more/x.yml': 'image: ghcr.io/acme/more:1\n',
    'k8s/readme.md': 'image: none:1\n',
    'base/kustomization.yaml': 'resources: [web.yaml]\nimages: [{ name: other, newTag: "1" }]\n',
    'base/web.yaml': 'image: web\n',
    'overlays/prod/kustomization.yml':
      'resources:\n  - ../../base\n  - https://example.com/x.yaml\nimages:\n  - name: web\n    newName: ghcr.io/acme/web\n    newTag: "1.10"\n',
    'overlays/digest/kustomization.yaml': 'bases: [../../base]\nimages: [{ name: web, digest: "sha256:aa" }]\n',
    'loop/kustomization.yaml': 'resources: [../loop, ./web.yaml]\n',
    'loop/web.yaml': 'image: a/b:1\n',
  };
  test.each([
    ['helm upgrade web ./chart', ['deploy ghcr.io/acme/web:(the tag that is set elsewhere) to web']],
    ['helm upgrade web chart/ --set image.tag=$TAG', ['deploy ghcr.io/acme/web:$TAG to web']],
    [
      'helm upgrade web ./chart -f chart/values-prod.yaml',
      ['deploy ghcr.io/acme/web:v1.2.3 to web', 'deploy ghcr.io/acme/worker:latest to web'],
    ],
    ['helm upgrade web ./chart --values chart/values-late.yaml', ['deploy ghcr.io/acme/web:(a value in chart/values-late.yaml) to web']],
    [
      'helm upgrade web oci://ghcr.io/acme/charts/web -f $FILE -f chart/values-prod.yaml --set image.tag=2',
      ['deploy (the image):2 to web', 'deploy ghcr.io/acme/worker:latest to web'],
    ],
    ['helm upgrade web ./chart -f none.yaml --dry-run', []],
    ['kubectl apply -f k8s/web.yaml', ['deploy ghcr.io/acme/web:latest to', 'deploy ghcr.io/acme/init:1 to']],
    [
      'kubectl apply -f k8s',
      [
        'deploy ghcr.io/acme/job@sha256:aa to',
        'deploy (a value in k8s/late.yml) to',
        'deploy ghcr.io/acme/web:latest to',
        'deploy ghcr.io/acme/init:1 to',
      ],
    ],
    ['kubectl apply -R -f k8s/more', ['deploy ghcr.io/acme/more:1 to']],
    [
      'cd k8s && kubectl apply -f .',
      [
        'deploy ghcr.io/acme/job@sha256:aa to',
        'deploy (a value in k8s/late.yml) to',
        'deploy ghcr.io/acme/web:latest to',
        'deploy ghcr.io/acme/init:1 to',
      ],
    ],
    ['kubectl apply -k overlays/prod -n x', ['deploy ghcr.io/acme/web:1.10 to x']],
    ['kustomize build overlays/digest | kubectl apply -f -', ['deploy web@sha256:aa to']],
    ['kubectl kustomize overlays/prod | kubectl apply -f -', ['deploy ghcr.io/acme/web:1.10 to']],
    ['kubectl apply -k base', ['deploy web to']],
    ['kubectl apply -k none', []],
    ['kubectl apply -f https://example.com/x.yaml', []],
  ])('%s', (script, expected) => {
    expect(lines(script, files)).toEqual(expected);
  });

  test('what a step may write is not what the repository holds', () => {
    expect(lines('yq -i ".x = 1" k8s/web.yaml\nkubectl apply -f k8s/web.yaml', files)).toEqual([
      'deploy (a value in k8s/web.yaml) to',
      'deploy (a value in k8s/web.yaml) to',
    ]);
    expect(lines('kustomize edit set image web=ghcr.io/acme/web:2\nkubectl apply -k overlays/prod', files)[0]).toBe(
      'deploy ghcr.io/acme/web:2 to',
    );
  });

  test('a kustomization that leads to itself ends', () => {
    const found = lines('kubectl apply -k loop', files);
    expect(new Set(found)).toEqual(new Set(['deploy a/b:1 to']));
    expect(found.length).toBeLessThan(100);
  });
});

describe('kustomize and Argo CD', () => {
  test.each([
    ['kustomize edit set image app=a/b:1', ['deploy a/b:1 to']],
    ['kustomize edit set image app=a/b@sha256:aa c/d:2', ['deploy a/b@sha256:aa to', 'deploy c/d:2 to']],
    ['kustomize edit set image app=*:1', ['deploy app:1 to']],
    ['kustomize edit set image app=a/b', ['deploy a/b:(the tag as it was) to']],
    ['cd k8s && kustomize edit set image "app=$IMAGE:$TAG"', ['deploy $IMAGE:$TAG to']],
    ['argocd app set web --kustomize-image app=a/b:1', ['deploy a/b:1 to web']],
    ['argocd app set web -p image.tag=1', ['deploy (the image):1 to web']],
    ['argocd app sync web', []],
    ['argocd app actions run web restart --kind Deployment', ['restart web']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});

describe('edits of manifests', () => {
  test.each([
    ['sed -i "s|image: .*|image: a/b:$TAG|" k8s/web.yml', ['deploy a/b:$TAG to k8s/web.yml']],
    [
      'sed -i -e "s/newTag: .*/newTag: $TAG/g" overlays/prod/kustomization.yaml',
      ['deploy (the image):$TAG to overlays/prod/kustomization.yaml'],
    ],
    ["sed -i 's|image: a/b:.*|image: a/b:latest|' docker-compose.prod.yml", []],
    [
      "sed -i 's|image: a/b:.*|image: a/b:latest|' docker-compose.prod.yml\ngit commit -am x",
      ['deploy a/b:latest to docker-compose.prod.yml'],
    ],
    ['sed -i "s|IMAGE_PLACEHOLDER|a/b:$TAG|" deploy/web.yaml', ['deploy a/b:$TAG to deploy/web.yaml']],
    ['sed -i "s/__TAG__/$GITHUB_SHA/" k8s/web.yml', ['deploy (the image):${{ github.sha }} to k8s/web.yml']],
    ['sed -i "s|\\(image: a/b:\\).*|\\1$TAG|" k8s/web.yml', ['deploy (the image):$TAG to k8s/web.yml']],
    ['sed -i -E "s|(image: a/b):.*|\\1:$TAG|" k8s/web.yml', ['deploy (the image):$TAG to k8s/web.yml']],
    ['sed -i "s|a/b:.*|a/b:$TAG|;s|x|y|" k8s/web.yml', ['deploy a/b:$TAG to k8s/web.yml']],
    ['sed -i "s/version = .*/version = 1/" Cargo.toml', []],
    ['sed "s|image: .*|image: a/b:1|" k8s/web.yml', []],
    ['sed -i "s|image: .*|image: a/b:1|" README.md', []],
    [`yq -i '.image.tag = "1"' charts/web/values.yaml`, ['deploy (the image):1 to charts/web/values.yaml']],
    ['yq e -i ".image.repository = \\"a/b\\" | .image.tag = \\"$TAG\\"" values.yaml', ['deploy a/b:$TAG to values.yaml']],
    [`TAG=x yq -i '.web.image.tag = strenv(TAG)' values.yaml`, ['deploy (the image):x to values.yaml']],
    [`yq -i '(.spec.containers[] | select(.name == "web") | .image) = "a/b:1"' x.yml`, ['deploy a/b:1 to x.yml']],
    [`yq '.image.tag' values.yaml`, []],
    [`yq -i '.version = "1"' charts/web/Chart.yaml`, []],
    [`jq --arg IMAGE "a/b:$TAG" '.containerDefinitions[0].image = $IMAGE' td.json > new.json`, ['deploy a/b:$TAG to containerDefinitions']],
    [`jq -r '.image' x.json`, []],
    [
      "TAG=latest envsubst '$TAG $OTHER' < docker-compose.yml > out.yml\nscp out.yml host:",
      ['deploy (the image):latest to docker-compose.yml'],
    ],
    ['IMAGE=a/b:1 envsubst < k8s/web.yml', ['deploy a/b:1 to k8s/web.yml']],
    ['TAG=x envsubst < README.md', []],
    ['TAG=x envsubst < web.tmpl | kubectl apply -f -', ['deploy (the image):x to']],
  ])('%s', (script, expected) => {
    expect(lines(script)).toEqual(expected);
  });
});
