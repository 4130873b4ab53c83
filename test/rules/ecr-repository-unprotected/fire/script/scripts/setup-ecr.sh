#!/bin/bash
set -e
REPOSITORIES=(
    "shop"
    "web"
)
for REPO in "${REPOSITORIES[@]}"; do
    aws ecr create-repository \
        --repository-name $REPO \
        --region $AWS_REGION \
        --image-scanning-configuration scanOnPush=true \
        --encryption-configuration encryptionType=AES256 2>/dev/null || \
    echo "It is there."
    aws ecr put-lifecycle-policy \
        --repository-name $REPO \
        --lifecycle-policy-text '{
            "rules": [
                {
                    "rulePriority": 1,
                    "selection": {
                        "tagStatus": "any",
                        "countType": "imageCountMoreThan",
                        "countNumber": 10
                    },
                    "action": {
                        "type": "expire"
                    }
                }
            ]
        }' >/dev/null
done
