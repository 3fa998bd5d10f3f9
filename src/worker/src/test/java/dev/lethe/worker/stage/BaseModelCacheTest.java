package dev.lethe.worker.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BaseModelCacheTest {
    private static final Path MODEL = Path.of("../../examples/quickstart/model");

    @Test
    void stagesThatRunSideBySideShareABaseUntilTheLastGivesItBack() {
        BaseModelCache cache = new BaseModelCache();
        BaseModelCache.Lease one = cache.borrow(MODEL, "sha256:a", Dtype.F32, Device.CPU);
        try (BaseModelCache.Lease other = cache.borrow(MODEL, "sha256:a", Dtype.F32, Device.CPU);
                BaseModelCache.Lease asBfloat = cache.borrow(MODEL, "sha256:a", Dtype.BF16, Device.CPU)) {
            assertThat(other.model()).isSameAs(one.model());
            assertThat(asBfloat.model()).isNotSameAs(one.model());
            one.close();
            assertThat(other.model().weights().values().iterator().next().isFinite())
                    .isTrue();
        }
        try (BaseModelCache.Lease again = cache.borrow(MODEL, "sha256:a", Dtype.F32, Device.CPU)) {
            assertThat(again.model()).isNotSameAs(one.model());
        }
    }

    @Test
    void oneThatStaysOnItsDeviceIsThereUntilAnotherIsAskedFor() {
        BaseModelCache cache = new BaseModelCache(_ -> true);
        BaseModelCache.Lease one = cache.borrow(MODEL, "sha256:a", Dtype.F32, Device.CPU);
        one.close();
        cache.borrow(MODEL, "sha256:a", Dtype.F32, Device.CPU).close();
        try (BaseModelCache.Lease again = cache.borrow(MODEL, "sha256:a", Dtype.F32, Device.CPU)) {
            assertThat(again.model()).isSameAs(one.model());
        }
        cache.borrow(MODEL, "sha256:a", Dtype.BF16, Device.CPU).close();
        try (BaseModelCache.Lease again = cache.borrow(MODEL, "sha256:a", Dtype.F32, Device.CPU)) {
            assertThat(again.model()).isNotSameAs(one.model());
        }
    }
}
