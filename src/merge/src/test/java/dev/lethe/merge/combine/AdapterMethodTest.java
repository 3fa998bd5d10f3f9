package dev.lethe.merge.combine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.MajoritySign;
import org.junit.jupiter.api.Test;

class AdapterMethodTest {
    @Test
    void refusesOptionsThatAreMissingWrongOrNotTheMethods() {
        assertInvalid(new MergeSettings("tie", .8, null, null), "method: found tie, expected one of cat, dare-linear");
        assertInvalid(new MergeSettings("ties", null, null, null), "density: found null");
        assertInvalid(new MergeSettings("ties", 0.0, null, null), "density: found 0.0");
        assertInvalid(new MergeSettings("ties", Double.NaN, null, null), "density: found NaN");
        assertInvalid(new MergeSettings("ties_svd", 1.1, null, null), "density: found 1.1");
        assertInvalid(new MergeSettings("linear", .8, null, null), "density: found 0.8, expected nothing");
        assertInvalid(new MergeSettings("svd", .8, null, null), "density: found 0.8, expected nothing");
        assertInvalid(new MergeSettings("cat", null, MajoritySign.TOTAL, null), "majoritySign: found TOTAL");
        assertInvalid(new MergeSettings("cat", null, null, null, 4, null, null), "rank: found 4, expected nothing");
        assertInvalid(new MergeSettings("svd", null, null, null, 0, null, null), "rank: found 0");
        assertInvalid(new MergeSettings("svd", null, null, null, 1, 2.0, null), "clamp: found 2.0");
        assertInvalid(new MergeSettings("ties", .5, null, null, null, null, 1L), "seed: found 1, expected nothing");
    }

    private static void assertInvalid(MergeSettings settings, String said) {
        assertThatThrownBy(() -> AdapterMerge.check(settings))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(said);
    }
}
