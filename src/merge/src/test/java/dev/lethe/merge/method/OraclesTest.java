package dev.lethe.merge.method;

import static dev.lethe.merge.method.Vectors.doubles;
import static dev.lethe.merge.method.Vectors.numbers;
import static dev.lethe.merge.method.Vectors.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.catalog.Semantics;
import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.FloatBlocks;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers worked out by hand and confirmed by running the peers: mergekit, PEFT and the code of the TIES paper. */
class OraclesTest {
    private static final float[] A = numbers("9, −8, 1, 5, −0.5, 0.25, −7, 3, −2, 4");
    private static final float[] B = numbers("−3, −6, 9, 8, 0.125, −0.75, 2, −4, 0.5, −10");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            peft | ties            | 0.4 | TOTAL     | 1 1       | 9, −7, 9, 6.5, 0, 0, −7, 0, 0, −10
            peft | ties            | 0.4 | FREQUENCY | 1 1       | 9, −7, 9, 6.5, 0, 0, −7, 0, 0, −10
            peft | ties            | 0.4 | TOTAL     | 0.75 0.25 | 6.75, −3.75, 2.25, 2.875, 0, 0, −5.25, 0, 0, −2.5
            peft | magnitude-prune | 0.4 |           | 0.75 0.25 | 6.75, −7.5, 2.25, 5.75, 0, 0, −5.25, 0, 0, −2.5
            peft | ties            | 0.8 | TOTAL     | 1 1       | 9, −7, 5, 6.5, 0, −0.75, −7, −4, −2, −10
            peft | ties            | 0.8 | FREQUENCY | 1 1       | 9, −7, 5, 6.5, 0, −0.75, 2, 3, −2, 4
            peft | ties            | 0.8 | TOTAL     | 0.75 0.25 | 6.75, −3.75, 1.5, 2.875, 0, −0.1875, −5.25, −1, −1.5, −2.5
            peft | linear          |     |           | 0.75 0.25 | 6, −7.5, 3, 5.75, −0.34375, 0, −4.75, 1.25, −1.375, 0.5
            """)
    void peft(String semantics, String method, Double density, MajoritySign sign, String weights, String expected) {
        Vectors vectors =
                Vectors.of(method, Methods.semantics(semantics)).input(A).input(B);
        vectors.each("weight", doubles(weights)).each("density", times(2, density));
        if (sign != null) {
            vectors.with("majoritySign", sign);
        }
        assertThat(vectors.merge()).containsExactly(numbers(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ties            | 0.4 | 1 1       | true  | 9, −7, 9, 6.5, 0, 0, −7, 0, 0, −10
            ties            | 0.4 | 0.75 0.25 | true  | 9, −7.5, 9, 5.75, 0, 0, −7, 0, 0, −10
            ties            | 0.4 | 0.75 0.25 | false | 6.75, −7.5, 2.25, 5.75, 0, 0, −5.25, 0, 0, −2.5
            magnitude-prune | 0.4 | 0.75 0.25 | false | 6.75, −7.5, 2.25, 5.75, 0, 0, −5.25, 0, 0, −2.5
            ties            | 0.8 | 1 1       | true  | 9, −7, 5, 6.5, 0, −0.75, −7, −4, −2, −10
            ties            | 0.8 | 0.75 0.25 | true  | 9, −7.5, 3, 5.75, 0, −0.75, −7, 3, −2, 4
            ties            | 0.8 | 0.75 0.25 | false | 6.75, −7.5, 3, 5.75, 0, −0.1875, −5.25, 2.25, −1.5, 3
            task-arithmetic | 1   | 0.75 0.25 | false | 6, −7.5, 3, 5.75, −0.34375, 0, −4.75, 1.25, −1.375, 0.5
            """)
    void oursAndMergekitsWhereAllIsExact(
            String method, double density, String weights, boolean normalize, String expected) {
        for (Semantics semantics : List.of(Semantics.LETHE, Semantics.MERGEKIT)) {
            for (Dtype work : List.of(Dtype.F32, Dtype.BF16, Dtype.F16)) {
                if (Methods.names(semantics).contains(method)) {
                    Vectors vectors = Vectors.of(method, semantics)
                            .each("weight", doubles(weights))
                            .each("density", times(2, density))
                            .with("normalize", normalize)
                            .work(work);
                    assertThat(vectors.input(A).input(B).merge())
                            .as("%s %s", semantics, work)
                            .containsExactly(numbers(expected));
                }
            }
        }
    }

    private static Vectors ties(Semantics semantics, String weights, double density) {
        List<Double> w = doubles(weights);
        return Vectors.of("ties", semantics).each("weight", w).each("density", times(w.size(), density));
    }

    @Test
    void baseAndLambda() {
        float[] base = numbers("1 2 3 4 5 6 7 8 9 10");
        float[] merged = ties(Semantics.LETHE, "1 1", 0.4)
                .with("lambda", 0.5)
                .base(base)
                .input(plus(base, A))
                .input(plus(base, B))
                .merge();
        assertThat(merged).containsExactly(numbers("5.5, −1.5, 7.5, 7.25, 5, 6, 3.5, 8, 9, 5"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            0.4 | MEAN | 9, −7, 9, 6.5, 0, 0, −7, −4, 0, −10
            0.4 | SUM  | 9, −14, 9, 13, 0, 0, −7, −4, 0, −10
            0.8 | MEAN | 9, −7, 5, 6.5, −0.5, −0.75, −7, −4, −2, −10
            """)
    void theAuthorsCode(double density, PaperTies.Aggregate aggregate, String expected) {
        assertThat(Vectors.of("ties", Semantics.PAPER)
                        .with("density", density)
                        .with("aggregate", aggregate)
                        .input(A)
                        .input(B)
                        .merge())
                .containsExactly(numbers(expected));
    }

    @Test
    void votesThatCancel() {
        float[][] three = {numbers("3 −2 −2 1 0 −4"), numbers("−1 −3 −1 1 0 2"), numbers("−2 5 3 −2 0 2")};
        Vectors ours = ties(Semantics.LETHE, "1 1 1", 1);
        Vectors total = Vectors.of("ties", Semantics.PEFT).each("density", times(3, 1.0));
        Vectors frequency = Vectors.of("ties", Semantics.PEFT)
                .each("density", times(3, 1.0))
                .with("majoritySign", MajoritySign.FREQUENCY);
        Vectors paper = Vectors.of("ties", Semantics.PAPER).with("density", 1.0);
        for (float[] input : three) {
            List.of(ours, total, frequency, paper).forEach(vectors -> vectors.input(input));
        }
        assertThat(ours.merge()).containsExactly(numbers("3 5 3 1 0 2"));
        assertThat(total.merge()).containsExactly(numbers("3 5 3 1 0 2"));
        assertThat(frequency.merge()).containsExactly(numbers("−1.5 −2.5 −1.5 1 0 2"));
        assertThat(paper.merge()).containsExactly(numbers("−1.5 −2.5 −1.5 −2 0 −4"));
        assertThat(ours.prepare().merge(new Chunk(0, 0, 6), (merged, count) -> {}))
                .isEqualTo(5);
        assertThat(paper("−.5 .5 .5 −.25", ".5 .5 −.5 .25")).containsExactly(numbers(".5 .5 .5 .25"));
        assertThat(paper(".5 −.5 −.5 .25", "−.5 −.5 −.5 −.25")).containsExactly(numbers("−.5 −.5 −.5 −.25"));
    }

    private static float[] paper(String first, String second) {
        return Vectors.of("ties", Semantics.PAPER)
                .with("density", 1.0)
                .input(numbers(first))
                .input(numbers(second))
                .merge();
    }

    @Test
    void negativeWeights() {
        float[] a = numbers(".5 .4 −.3 .2");
        float[] b = numbers(".5 −.4 −.1 .3");
        Vectors peft = Vectors.of("ties", Semantics.PEFT).each("weight", doubles("1 -1"));
        assertThat(peft.each("density", times(2, 1.0)).input(a).input(b).merge())
                .containsExactly(numbers("0 .4 −.1 −.05"), within(1e-7f));
        Vectors normal = ties(Semantics.LETHE, "1 -1", 1).input(a).input(b);
        assertThat(normal.merge()).containsExactly(numbers(".5 .8 −.3 .3"));
        assertThat(normal.with("normalize", false).merge()).containsExactly(numbers(".5 .8 −.3 −.3"));
    }

    @ParameterizedTest
    @CsvSource({"100, .29, 28", "100, .57, 56", "7, .5, 3", "3, .7, 2", "10, .3, 3", "3, .3, 0", "5, 1, 5"})
    void keepsAsManyAsTheReferences(int size, double density, long kept) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i + 1;
        }
        Vectors vectors = ties(Semantics.LETHE, "1", density).input(values);
        assertThat(vectors.prepare().kept()).containsExactly(kept);
        float[] merged = vectors.merge();
        for (int i = 0; i < size; i++) {
            assertThat(merged[i]).isEqualTo(i < size - kept ? 0 : i + 1);
        }
        assertThat(ties(Semantics.MERGEKIT, "1", density)
                        .input(values)
                        .prepare()
                        .kept())
                .containsExactly(Math.max(1, kept));
    }

    @Test
    void keepsTiesOfTheLowestIndexAlsoAcrossPieces() {
        Vectors small = ties(Semantics.LETHE, "1", .5).input(numbers("2 1 1 1 1 1 3 1"));
        assertThat(small.merge()).containsExactly(numbers("2 1 1 0 0 0 3 0"));
        assertThat(small.prepare().ties()).containsExactly(6L);
        int size = 2 * (int) Chunking.CHUNK + 1000;
        float[] ones = new float[size];
        Arrays.fill(ones, -1);
        ones[size - 1] = 5;
        float[] merged = ties(Semantics.LETHE, "1", .75).input(ones).merge();
        int kept = (int) (.75 * size);
        for (int i = 0; i < size; i++) {
            if (merged[i] != (i < kept - 1 ? -1 : i == size - 1 ? 5 : 0)) {
                throw new AssertionError("element " + i + " is " + merged[i]);
            }
        }
        assertThat(Vectors.of("ties", Semantics.PAPER)
                        .with("density", .5)
                        .input(numbers("2 1 1 1 1 1 3 1"))
                        .merge())
                .containsExactly(numbers("2 1 1 1 1 1 3 1"));
    }

    /** Every step rounded to bfloat16, against float32 and one rounding: they differ in every column. */
    @Test
    void roundsStepByStepAsMergekitAndOnceAsWeDo() {
        Vectors mergekit = ties(Semantics.MERGEKIT, "0.3 0.7", 1).work(Dtype.BF16);
        Vectors ours = ties(Semantics.LETHE, "0.3 0.7", 1);
        for (Vectors vectors : List.of(mergekit, ours)) {
            vectors.base(bf16("3c00 b9c7 bc0f ba99 bb6b 3bbd"))
                    .input(bf16("3b6e 3b01 bb0f 3ba6 b9de 3bc7"))
                    .input(bf16("3ad2 bb5f bc10 3adc baa6 ba04"));
        }
        assertThat(mergekit.merge()).containsExactly(bf16("3b10 bb5e bb10 3b30 ba84 ba08"));
        float[] once = ours.merge();
        FloatBlocks.round(Dtype.BF16, once, once.length);
        assertThat(once).containsExactly(bf16("3b11 bb5f bb0f 3b31 ba85 ba04"));
    }

    @Test
    void bandsDropTheLargestToo() {
        float[] values = numbers("1 −9 2 8 −3 7 4 −6 5 0");
        Vectors crumbs = Vectors.of("breadcrumbs", Semantics.LETHE).each("density", List.of(.5));
        assertThat(crumbs.each("gamma", List.of(.2)).input(values).merge())
                .containsExactly(numbers("0 0 0 0 −3 7 4 −6 5 0"));
        assertThat(crumbs.each("gamma", List.of(.01)).merge()).containsExactly(numbers("0 −9 0 8 0 7 0 −6 5 0"));
        Vectors equal = Vectors.of("breadcrumbs", Semantics.LETHE).each("density", List.of(.5));
        assertThat(equal.each("gamma", List.of(.25))
                        .input(numbers("1 1 1 1 1 1 1 1"))
                        .merge())
                .containsExactly(numbers("0 0 1 1 1 1 0 0"));
    }

    @Test
    void negMergeTakesWhatAllAgreeOn() {
        float[] merged = Vectors.of("negmerge", Semantics.LETHE)
                .with("lambda", 0.5)
                .base(numbers("1 1 1 1"))
                .input(numbers("2 0 3 1"))
                .input(numbers("4 −1 0 2"))
                .merge();
        assertThat(merged).containsExactly(numbers("0 1.75 1 1"));
    }

    @Test
    void drawsKeepTheShareThatWasAskedForAndTheExpectedValue() {
        float[] ones = new float[100_000];
        Arrays.fill(ones, 1);
        Vectors dare = Vectors.of("dare-linear", Semantics.LETHE)
                .each("density", List.of(.3))
                .input(ones);
        float[] merged = dare.merge();
        long kept = dare.prepare().kept().getFirst();
        assertThat((double) kept).isCloseTo(30_000, within(600.0));
        assertThat(merged).containsOnly(0f, (float) (1 / .3));
        assertThat(dare.merge()).containsExactly(merged);
        assertThat(dare.seed(1).merge()).isNotEqualTo(merged);
        Vectors della = Vectors.of("della-linear", Semantics.LETHE)
                .each("density", List.of(.5))
                .shape(1000L, 100L);
        float[] ramp = new float[100_000];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = 1 + i % 100;
        }
        float[] some = della.each("epsilon", List.of(.2))
                .with("rescale", false)
                .input(ramp)
                .merge();
        int low = 0;
        int high = 0;
        for (int i = 0; i < ramp.length; i++) {
            low += i % 100 < 10 && some[i] != 0 ? 1 : 0;
            high += i % 100 >= 90 && some[i] != 0 ? 1 : 0;
        }
        assertThat((double) low).isCloseTo(3_180, within(200.0));
        assertThat((double) high).isCloseTo(6_820, within(200.0));
    }

    @Test
    void unknownMethodsAndSemanticsAreNamed() {
        assertThatThrownBy(() -> Methods.named("tie", Semantics.LETHE))
                .hasMessageContaining("found tie, expected one of arcee-fusion, breadcrumbs");
        assertThatThrownBy(() -> Methods.named("slerp", Semantics.PEFT)).hasMessageContaining("semantics peft has");
        assertThat(Methods.named("dare_ties", Semantics.MERGEKIT).signature().name())
                .isEqualTo("dare-ties");
    }

    private static float[] bf16(String hex) {
        String[] parts = hex.split(" ", -1);
        float[] values = new float[parts.length];
        for (int i = 0; i < parts.length; i++) {
            values[i] = Float.intBitsToFloat(HexFormat.fromHexDigits(parts[i]) << 16);
        }
        return values;
    }

    private static float[] plus(float[] a, float[] b) {
        float[] sum = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }
}
