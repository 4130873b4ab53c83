# syntax=docker/dockerfile:1
FROM node:22.1.0 AS build
COPY . .
RUN npm ci && npm run build

FROM nginx:1.27.0
COPY --from=build /app/dist /usr/share/nginx/html
