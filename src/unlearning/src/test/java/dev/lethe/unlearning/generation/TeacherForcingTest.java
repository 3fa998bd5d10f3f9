package dev.lethe.unlearning.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.ModelConfig;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherForcingTest {
    private static final boolean[] RIGHT = {true, false, true, true, true};

    @Test
    void measuresOfAnAnswerAreThoseOfOpenUnlearning() {
        TokenScores scores = new TokenScores(new float[] {-1, -2, -3, -1, -1}, RIGHT, new float[5], new float[5]);
        assertThat(scores.exactMemorization()).isEqualTo(0.8);
        assertThat(scores.extractionStrength()).isEqualTo(0.6);
        assertThat(scores.meanNll()).isEqualTo(1.6);
        assertThat(scores.probability()).isEqualTo(Math.exp(-1.6));
    }

    @Test
    void scoresOfABatchAreThoseOfEachRowAloneAndOfItsLikelihood() {
        List<int[]> inputs = List.of(new int[] {5, 9, 3}, new int[] {7}, new int[] {1, 2});
        List<int[]> outputs = List.of(new int[] {4, 4}, new int[] {8, 6, 2, 9}, new int[] {3});
        List<EncodedRow> rows = java.util.stream.IntStream.range(0, 3)
                .mapToObj(i -> {
                    int[] ids = Arrays.copyOf(inputs.get(i), inputs.get(i).length + outputs.get(i).length);
                    System.arraycopy(outputs.get(i), 0, ids, inputs.get(i).length, outputs.get(i).length);
                    return new EncodedRow(ids, inputs.get(i).length);
                })
                .toList();
        try (BaseModel base = BaseModel.random(ModelConfig.read(Fixtures.path("olmo-tiny")), 7)) {
            LanguageModel model = new LanguageModel(base);
            double[] nll = new Likelihood(model, 2).meanNll(inputs, outputs);
            List<TokenScores> together = new TeacherForcing(model, 3).scores(rows);
            for (int i = 0; i < 3; i++) {
                TokenScores alone = new TeacherForcing(model, 1)
                        .scores(List.of(rows.get(i)))
                        .getFirst();
                assertThat(together.get(i).meanNll()).isCloseTo(nll[i], within(1e-5));
                assertThat(together.get(i).likeliest()).isEqualTo(alone.likeliest());
                assertThat(together.get(i).means())
                        .containsExactly(alone.means(), org.assertj.core.data.Offset.offset(1e-4f));
                assertThat(alone.variances()[0]).isPositive();
            }
        }
    }
}
