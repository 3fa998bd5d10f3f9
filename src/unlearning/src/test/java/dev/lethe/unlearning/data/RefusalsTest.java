package dev.lethe.unlearning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private static final int END = 0;
    private static final List<EncodedRow> ROWS = IntStream.range(0, 60)
            .mapToObj(i -> new EncodedRow(new int[] {100 + i, 200 + i, 7, END}, 2))
            .toList();
    private static final int[] ALL = IntStream.range(0, ROWS.size()).toArray();

    @Test
    void theTextsAreEachOneSentenceOfItsOwn() {
        assertThat(Refusals.texts())
                .hasSizeGreaterThanOrEqualTo(40)
                .doesNotHaveDuplicates()
                .allMatch(text -> text.strip().equals(text) && text.endsWith("."));
    }

    @Property(tries = 30)
    void everyRowKeepsItsPromptAndHasARefusalThatSeedAndEpochSay(
            @ForAll long seed,
            @ForAll @IntRange(max = 9) int epoch,
            @ForAll @IntRange(min = 4, max = 6) int maxLength) {
        Refusals refusals =
                new Refusals(List.of(new int[] {1, END}, new int[] {2, END}, new int[] {3, 4, 5, END}), maxLength);
        EpochOrder order = new EpochOrder(seed, true);
        List<int[]> refused = ids(refusals.inPlaceOfAnswers(ROWS, ALL, order, epoch));
        assertThat(refused).hasSameSizeAs(ROWS).allMatch(ids -> ids.length <= maxLength);
        for (int i = 0; i < ROWS.size(); i++) {
            assertThat(refused.get(i)).startsWith(100 + i, 200 + i);
        }
        assertThat(refused.stream().map(ids -> ids[2])).contains(1, 2, 3);
        assertThat(ids(refusals.inPlaceOfAnswers(ROWS, new int[] {7, 3}, order, epoch)))
                .as("whichever rows it comes with")
                .usingRecursiveComparison()
                .isEqualTo(List.of(refused.get(7), refused.get(3)));
        assertThat(ids(refusals.inPlaceOfAnswers(ROWS, ALL, order, epoch)))
                .usingRecursiveComparison()
                .isEqualTo(refused);
        assertThat(Arrays.deepToString(refused.toArray()))
                .isNotEqualTo(Arrays.deepToString(ids(refusals.inPlaceOfAnswers(ROWS, ALL, order, epoch + 1))
                        .toArray()));
    }

    private static List<int[]> ids(List<EncodedRow> rows) {
        return rows.stream().map(EncodedRow::ids).toList();
    }
}
