package dev.lethe.merge.combine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.method.MajoritySign;
import org.junit.jupiter.api.Test;

class AdapterMethodTest {
    @Test
    void refusesOptionsThatAreMissingWrongOrNotTheMethods() {
        assertInvalid(
                new AdapterMergeSettings("tie", .8, null, null), "method: found tie, expected one of cat, dare-linear");
        assertInvalid(new AdapterMergeSettings("ties", null, null, null), "density: found null");
        assertInvalid(new AdapterMergeSettings("ties", 0.0, null, null), "density: found 0.0");
        assertInvalid(new AdapterMergeSettings("ties", Double.NaN, null, null), "density: found NaN");
        assertInvalid(new AdapterMergeSettings("ties_svd", 1.1, null, null), "density: found 1.1");
        assertInvalid(new AdapterMergeSettings("linear", .8, null, null), "density: found 0.8, expected nothing");
        assertInvalid(new AdapterMergeSettings("svd", .8, null, null), "density: found 0.8, expected nothing");
        assertInvalid(new AdapterMergeSettings("cat", null, MajoritySign.TOTAL, null), "majoritySign: found TOTAL");
        assertInvalid(
                new AdapterMergeSettings("cat", null, null, null, 4, null, null), "rank: found 4, expected nothing");
        assertInvalid(new AdapterMergeSettings("svd", null, null, null, 0, null, null), "rank: found 0");
        assertInvalid(new AdapterMergeSettings("svd", null, null, null, 1, 2.0, null), "clamp: found 2.0");
        assertInvalid(
                new AdapterMergeSettings("ties", .5, null, null, null, null, 1L), "seed: found 1, expected nothing");
    }

    private static void assertInvalid(AdapterMergeSettings settings, String said) {
        assertThatThrownBy(() -> AdapterMerge.check(settings))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining(said);
    }
}
