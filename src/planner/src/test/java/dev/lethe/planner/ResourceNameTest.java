package dev.lethe.planner;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LowerChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ResourceNameTest {
    @Test
    void shortNamesAreReadable() {
        assertThat(ResourceName.stage("request-4711", "train-over")).isEqualTo("request-4711-train-over");
        assertThat(ResourceName.attempt("request-4711-train-over", 2, "uid"))
                .matches("request-4711-train-over-2-[0-9a-f]{8}")
                .isNotEqualTo(ResourceName.attempt("request-4711-train-over", 2, "another uid"));
    }

    @Property(tries = 200)
    void everyNameIsALabel(
            @ForAll @LowerChars @StringLength(min = 1, max = 40) String job,
            @ForAll @LowerChars @StringLength(min = 1, max = 20) String specialist,
            @ForAll @IntRange(min = 1) int attempt) {
        var stage = ResourceName.stage(job, "train-" + specialist);
        assertThat(stage).hasSizeLessThanOrEqualTo(50).endsWith("-train-" + specialist);
        assertThat(ResourceName.attempt(stage, attempt, "uid"))
                .hasSizeLessThanOrEqualTo(63)
                .matches("[a-z][-a-z0-9]*[a-z0-9]");
        assertThat(ResourceName.stage(job + "x", "train-" + specialist)).isNotEqualTo(stage);
    }
}
