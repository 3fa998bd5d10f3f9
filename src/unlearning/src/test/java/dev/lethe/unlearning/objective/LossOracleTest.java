package dev.lethe.unlearning.objective;

import static dev.lethe.catalog.DataRole.DECOUPLE;
import static dev.lethe.catalog.DataRole.FORGET;
import static dev.lethe.catalog.DataRole.RETAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.RowBatch;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.Dropout;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.model.ModelConfig;
import dev.lethe.unlearning.model.PassLimits;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SAFEERASER's objectives (arXiv 2502.12520, as its code computes them) in closed form: three answers, and prompts of one
 * token each, after which a model has the scores that are written here.
 */
class LossOracleTest {
    private static final float[][] NOW = {{2, 0, 0}, {0, 1, 0}, {0, 0, 0}, {1, 0, 0}, {0, 3, 0}, {0, 0, 1}};
    private static final float[][] BEFORE = {{0, 0, 0}, {0, 0, 0}, {0.5f, 0, 0}, {1, 0, -1}, {0, 0, 0}, {0, 0, 0}};
    private static final int ANSWERS = 3;
    private static final int VOCABULARY = 16;

    private static final RowBatch FORGOTTEN = rows(row(0, 0), row(1, 1));
    private static final RowBatch KEPT = rows(row(2, 2), row(3, 0));
    private static final RowBatch DECOUPLED = rows(row(4, 1));
    private static final RowBatch REFUSED = rows(row(5, 2), row(5, 2), row(5, 0));

    @TempDir
    Path folder;

    static Stream<Arguments> published() {
        return Stream.of(
                graddiff("ga", -0.395495, Map.of("retain", 0)),
                graddiff("gd", 0.429534, Map.of()),
                graddiff("kl", -0.353507, Map.of("retain", 0, "kl", 1)),
                graddiff("gapd", -0.348033, Map.of("retain", 0, "decouple", 0.5)),
                graddiff("gdpd", 0.064481, Map.of("retain", 0.5, "decouple", 0.5)),
                graddiff("klpd", -0.258584, Map.of("retain", 0, "kl", 1, "decouple", 1)),
                Arguments.of("idk", "po", Map.of(), 0.860878),
                Arguments.of("a sum of means", "po", Map.of("mean", "apart"), 1.709807),
                Arguments.of("idkpd", "po", Map.of("weights", Map.of("decouple", 1)), 0.955801));
    }

    private static Arguments graddiff(String published, double loss, Map<String, ?> weights) {
        return Arguments.of(published, "graddiff", Map.of("weights", weights), loss);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("published")
    void theLossIsThePublishedOne(String published, String type, Map<String, ?> options, double loss)
            throws IOException {
        try (Scope _ = new Scope();
                BaseModel now = model(NOW);
                BaseModel before = model(BEFORE)) {
            Objective objective = Objectives.LETHE.of(type, options);
            MicroBatch batch = new MicroBatch(
                    Map.of(FORGET, objective.refuses() ? REFUSED : FORGOTTEN, RETAIN, KEPT, DECOUPLE, DECOUPLED));
            Objective.Loss found =
                    objective.accumulate(models(now, before), batch, 1).read();
            assertThat(found.total()).isCloseTo(loss, within(2e-6));
        }
    }

    /** A weight of 2 on one set and 1 on the other counts each of its tokens twice, or its mean. */
    @ParameterizedTest
    @CsvSource({"joined, 0.869841", "apart, 2.594585"})
    void refusalsMayWeighMore(String mean, double loss) throws IOException {
        try (Scope _ = new Scope();
                BaseModel now = model(NOW)) {
            Objective objective = Objectives.LETHE.of("po", Map.of("mean", mean, "weights", Map.of("forget", 2)));
            MicroBatch batch = new MicroBatch(Map.of(FORGET, REFUSED, RETAIN, KEPT));
            assertThat(objective.accumulate(models(now, now), batch, 1).read().total())
                    .isCloseTo(loss, within(2e-6));
        }
    }

    @Test
    void aModelThatIsItsReferenceHasNoDivergenceAndNoGradient() throws IOException {
        try (Scope _ = new Scope();
                BaseModel before = model(BEFORE);
                BaseModel now = before.trainableCopy()) {
            Map<String, ?> weights = Map.of("weights", Map.of("forget", 0, "retain", 0, "kl", 1));
            for (String type : new String[] {"graddiff", "simnpo", "npo", "undial"}) {
                Objective.Loss loss = Objectives.LETHE
                        .of(type, weights)
                        .accumulate(models(now, before), new MicroBatch(Map.of(RETAIN, KEPT)), 1)
                        .read();
                assertThat(loss.total()).isCloseTo(0, within(1e-7));
                now.weights().values().forEach(weight -> assertThat(
                                weight.grad().map(Tensor::norm).orElse(0.0))
                        .isLessThan(1e-6));
            }
        }
    }

    /** UNDIAL's golden value, and the same closed form of two rows whose reference is another model. */
    @Test
    void undialTeachesTheReferenceWithLowerLogits() throws IOException {
        assertThat(undial(new float[] {2, 1, 0, -1}, new float[] {2, 1, 0, -1}, 0, 10))
                .isCloseTo(1.864862, within(1e-6));
        try (Scope _ = new Scope();
                BaseModel now = model(NOW);
                BaseModel before = model(BEFORE)) {
            Objective.Loss loss = Objectives.LETHE
                    .of("undial", Map.of("beta", 2))
                    .accumulate(models(now, before), new MicroBatch(Map.of(FORGET, FORGOTTEN, RETAIN, KEPT)), 1)
                    .read();
            double expected = (undial(NOW[0], BEFORE[0], 0, 2) + undial(NOW[1], BEFORE[1], 1, 2)) / 2;
            assertThat(loss.terms().get("forget")).isCloseTo(expected, within(2e-6));
        }
    }

    private static double undial(float[] now, float[] before, int target, double beta) {
        float[] lower = before.clone();
        lower[target] -= (float) beta;
        return IntStream.range(0, now.length)
                .mapToDouble(i -> -Math.exp(lower[i] - logSumExp(lower)) * (now[i] - logSumExp(now)))
                .sum();
    }

    private static double logSumExp(float[] scores) {
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score);
        }
        return Math.log(sum);
    }

    /** Golden values of SimNPO at β = 4.5 and δ = 0, by the mean token loss of a row. */
    @ParameterizedTest
    @CsvSource({"0.1, 0.219222", "2, 5.48454e-05"})
    void simpleNegativePreference(float meanLoss, double value) {
        SimpleNegativePreference simple = (SimpleNegativePreference) Objectives.LETHE.of("simnpo", Map.of());
        try (Scope _ = new Scope()) {
            Tensor logProbs = Tensor.of(new float[] {-meanLoss / 2, -meanLoss * 3 / 2, -meanLoss}, 3);
            assertThat(simple.loss(logProbs, new int[] {0, 0, 1}).item()).isCloseTo(value, within(3e-6 * value + 1e-9));
        }
    }

    private static TrainingModels models(BaseModel now, BaseModel before) {
        ReferenceModel reference = new ReferenceModel(new LanguageModel(before), true);
        return new TrainingModels(new LanguageModel(now), reference, PassLimits.NONE, _ -> Dropout.NONE);
    }

    private static EncodedRow row(int prompt, int answer) {
        return new EncodedRow(new int[] {ANSWERS + prompt, answer}, 1);
    }

    private static RowBatch rows(EncodedRow... rows) {
        return new RowBatch(Arrays.asList(rows), 2, VOCABULARY - 1, 0);
    }

    /** A model whose layers add nothing, whose state of a token is the token, and whose head has the scores. */
    private BaseModel model(float[][] scores) throws IOException {
        Files.writeString(
                folder.resolve(ModelConfig.FILE),
                """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
                 "hidden_size": 16, "intermediate_size": 8, "num_attention_heads": 4, "num_key_value_heads": 4,
                 "num_hidden_layers": 1, "vocab_size": 16, "max_position_embeddings": 8, "rms_norm_eps": 1e-12,
                 "rope_theta": 10000.0, "tie_word_embeddings": false, "initializer_range": 0.02}""");
        BaseModel model = BaseModel.random(ModelConfig.read(folder), 1);
        float[] states = new float[VOCABULARY * VOCABULARY];
        float[] head = new float[VOCABULARY * VOCABULARY];
        double norm = Math.sqrt(VOCABULARY); // the norm makes this of a state of one
        for (int token = 0; token < VOCABULARY; token++) {
            states[token * VOCABULARY + token] = 1;
            for (int next = 0; next < VOCABULARY; next++) {
                int prompt = token - ANSWERS;
                double score = next >= ANSWERS ? -60 : prompt < 0 || prompt >= scores.length ? 0 : scores[prompt][next];
                head[next * VOCABULARY + token] = (float) (score / norm);
            }
        }
        model.weights().forEach((name, weight) -> {
            if (name.contains("_proj")) {
                weight.zeroInPlace();
            }
        });
        model.weight("model.embed_tokens.weight").copyInPlace(Tensor.of(states, VOCABULARY, VOCABULARY));
        model.weight("lm_head.weight").copyInPlace(Tensor.of(head, VOCABULARY, VOCABULARY));
        return model;
    }
}
