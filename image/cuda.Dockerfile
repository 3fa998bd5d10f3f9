# The worker for NVIDIA GPUs, `make image GPU=cuda13`: of the same context as the others, and the same command.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS worker-cuda
COPY runtime/ /
COPY native/ /
COPY cuda/ /
COPY torch-cuda/ /
COPY worker/ /
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="lethe-worker-cuda" \
      org.opencontainers.image.description="Machine unlearning, declared: the lethe command, which a stage's pod runs on NVIDIA GPUs." \
      org.opencontainers.image.licenses="Apache-2.0 AND LicenseRef-NVIDIA-CUDA AND LicenseRef-NVIDIA-cuDNN" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# As in the other worker; and of what NVIDIA's container runtime can put in beside a GPU, what computes.
ENV OMP_WAIT_POLICY=passive \
    RUST_LIBRARY_PATH=/opt/lethe/native/libtokenizers.so \
    OPT_OUT_TRACKING=true \
    DJL_OFFLINE=true \
    HOME=/tmp \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER 65532:65532
ENTRYPOINT ["/opt/lethe/runtime/bin/java", "-Dorg.bytedeco.javacpp.platform.extension=-gpu", "@/opt/lethe/worker.options"]
