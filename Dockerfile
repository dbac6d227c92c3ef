# The bot in a container: nothing in the image can be written, all that changes is in /data.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv /opt/policydesk \
 && /opt/policydesk/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY . .
RUN /opt/policydesk/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --no-create-home policydesk \
 && install --directory --owner policydesk --mode 0700 /data
COPY --from=build /opt/policydesk /opt/policydesk
ENV PATH=/opt/policydesk/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    POLICYDESK_DATABASE=/data/policydesk.db \
    POLICYDESK_HTTP=127.0.0.1:8086
WORKDIR /data
VOLUME /data
USER 10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8086/healthz', timeout=4)"]
ENTRYPOINT ["policydesk"]
CMD ["serve"]
