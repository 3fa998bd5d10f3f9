package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lethe.unlearning.Fixtures;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.tensor.Device;
import dev.lethe.unlearning.tensor.Dtype;
import dev.lethe.unlearning.tensor.Functional;
import dev.lethe.unlearning.tensor.NoGrad;
import dev.lethe.unlearning.tensor.Scope;
import dev.lethe.unlearning.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientTest {

    private static final TokenBatch PADDED =
            LanguageModelTest.batch(Fixtures.tensors("olmo-tiny/expected.safetensors"));
    private static final TokenBatch BATCH = new TokenBatch(new long[][] {PADDED.row(0), PADDED.row(0)}, new int[2]);
    private static final long[] TARGETS =
            new Random(1).longs((long) BATCH.rows() * BATCH.length(), 0, 512).toArray();

    @ParameterizedTest
    @ValueSource(strings = {"llama-tiny", "olmo-tiny"})
    void gradientsComputedAgainAreThePlainOnesAlsoWithDropout(String name) {
        try (BaseModel base = BaseModel.load(Fixtures.path(name), Dtype.F32, Device.CPU);
                Adapter adapter = adapter(base)) {
            LanguageModel model = new LanguageModel(base, adapter.modules());
            Dropout dropout = Dropout.ofPass(0.3, 42, 7);
            Map<String, float[]> plain =
                    gradients(adapter, model, TrainingPass.of(model, PADDED, dropout, PassLimits.NONE));
            Map<String, float[]> again =
                    gradients(adapter, model, TrainingPass.of(model, PADDED, dropout, PassLimits.of(true)));
            Map<String, float[]> parts =
                    gradients(adapter, model, TrainingPass.of(model, PADDED, dropout, new PassLimits(1, false)));
            Map<String, float[]> other = gradients(
                    adapter, model, TrainingPass.of(model, PADDED, Dropout.ofPass(0.3, 42, 8), PassLimits.NONE));
            plain.forEach((parameter, gradient) -> {
                assertThat(again.get(parameter)).isEqualTo(gradient);
                assertThat(parts.get(parameter)).containsExactly(gradient, within(1e-4f));
                assertThat(other.get(parameter)).isNotEqualTo(gradient);
            });
        }
    }

    @Test
    void gradientsAreTheSlopesOfTheLoss() {
        try (BaseModel base = BaseModel.load(Fixtures.path("llama-tiny"), Dtype.F32, Device.CPU);
                Adapter adapter = adapter(base)) {
            LanguageModel model = new LanguageModel(base, adapter.modules());
            Map<String, float[]> gradients =
                    gradients(adapter, model, TrainingPass.of(model, BATCH, Dropout.NONE, PassLimits.NONE));
            SortedMap<String, Tensor> parameters = adapter.parameters();
            for (String name : parameters.keySet().stream()
                    .filter(n -> n.contains("layers.0"))
                    .toList()) {
                double slope = slope(model, parameters.get(name), gradients.get(name));
                double expected = Math.sqrt(squareSum(gradients.get(name)));
                assertThat(slope).as(name).isCloseTo(expected, org.assertj.core.data.Percentage.withPercentage(3));
            }
        }
    }

    @Test
    void chunkedValuesAndGradientsAreThoseOfTheWholeDistribution() {
        try (BaseModel base = BaseModel.load(Fixtures.path("llama-tiny"), Dtype.F32, Device.CPU)) {
            LanguageModel model = new LanguageModel(base);
            int positions = 300; // three chunks, the last not full
            long[] targets = new Random(2).longs(positions, 0, 512).toArray();
            Tensor states = normal(new Random(3), positions, 32);
            Tensor index = Tensor.of(targets, positions, 1);
            Tensor whole = states.copy().requiresGrad(true);
            Tensor expected = Functional.logSoftmax(model.logits(whole), -1)
                    .gather(1, index)
                    .view(positions);
            expected.square().sum().backward();

            Tensor direct = states.copy().requiresGrad(true);
            Tensor logProbs = model.logProbs(direct, targets);
            logProbs.square().sum().backward();
            Tensor general = states.copy().requiresGrad(true);
            Tensor values = model.perPosition(general, (logits, first) -> Functional.logSoftmax(logits, -1)
                    .gather(1, index.narrow(0, first, logits.size(0)))
                    .view(logits.size(0)));
            values.square().sum().backward();

            assertThat(LanguageModelTest.maxDifference(logProbs, expected)).isLessThan(1e-5);
            assertThat(LanguageModelTest.maxDifference(values, expected)).isLessThan(1e-5);
            Tensor gradient = whole.grad().orElseThrow();
            assertThat(LanguageModelTest.maxDifference(direct.grad().orElseThrow(), gradient))
                    .isLessThan(1e-4);
            assertThat(LanguageModelTest.maxDifference(general.grad().orElseThrow(), gradient))
                    .isLessThan(1e-4);
        }
    }

    @Test
    void everyWeightOfATrainableCopyGathersAGradientAlsoCheckpointed() {
        try (BaseModel base = BaseModel.load(Fixtures.path("llama-tiny-untied"), Dtype.F32, Device.CPU);
                BaseModel copy = base.trainableCopy()) {
            LanguageModel model = new LanguageModel(copy);
            backward(model, TrainingPass.of(model, BATCH, Dropout.NONE, PassLimits.NONE));
            Map<String, float[]> plain = takeGradients(copy.weights());
            backward(model, TrainingPass.of(model, BATCH, Dropout.NONE, PassLimits.of(true)));
            Map<String, float[]> again = takeGradients(copy.weights());
            plain.forEach(
                    (name, gradient) -> assertThat(again.get(name)).as(name).isEqualTo(gradient));
            base.weights().values().forEach(weight -> assertThat(weight.grad()).isEmpty());
        }
    }

    private static Adapter adapter(BaseModel base) {
        Adapter adapter = Adapter.init(base.config(), new LoraSettings(4, 8, 0.3), 5, Device.CPU, "base");
        Random random = new Random(6);
        adapter.modules().values().forEach(factors -> factors.b()
                .addInPlace(normal(random, factors.b().shape()), 0.05));
        return adapter.trainable();
    }

    private static Tensor normal(Random random, long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    private static Map<String, float[]> gradients(Adapter adapter, LanguageModel model, TrainingPass pass) {
        backward(model, pass);
        return takeGradients(adapter.parameters());
    }

    private static void backward(LanguageModel model, TrainingPass pass) {
        loss(model, pass.hidden()).backward();
        pass.backward();
    }

    private static Tensor loss(LanguageModel model, Tensor hidden) {
        return model.logProbs(hidden.view(TARGETS.length, hidden.size(-1)), TARGETS)
                .mean()
                .neg();
    }

    private static Map<String, float[]> takeGradients(Map<String, Tensor> parameters) {
        Map<String, float[]> gradients = new TreeMap<>();
        parameters.forEach((name, parameter) -> {
            gradients.put(name, parameter.grad().orElseThrow().toFloats());
            parameter.clearGrad();
            assertThat(parameter.grad()).isEmpty();
        });
        return gradients;
    }

    /** The slope of the loss along the unit vector of {@code direction}, by a central difference. */
    private static double slope(LanguageModel model, Tensor parameter, float[] direction) {
        double step = 2e-2 / Math.sqrt(squareSum(direction));
        try (Scope _ = new Scope();
                NoGrad _ = new NoGrad()) {
            Tensor along = Tensor.of(direction, parameter.shape());
            parameter.addInPlace(along, step);
            double up = loss(model, model.hidden(BATCH)).item();
            parameter.addInPlace(along, -2 * step);
            double down = loss(model, model.hidden(BATCH)).item();
            parameter.addInPlace(along, step);
            return (up - down) / (2 * 2e-2);
        }
    }

    private static double squareSum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    @Test
    void droppedElementsAreAsManyAsAskedAndDifferByPlace() {
        Tensor ones = Tensor.full(1, Dtype.F32, Device.CPU, 200, 500);
        Dropout dropout = new Dropout(0.05, 9, 0);
        float[] first = dropout.apply(ones, 3, 0).toFloats();
        assertThat(dropout.apply(ones, 3, 0).toFloats()).isEqualTo(first);
        assertThat(dropout.apply(ones, 3, 1).toFloats()).isNotEqualTo(first);
        double kept = squareSum(first) / first.length;
        assertThat(kept).isBetween(0.947, 0.953);
        assertThat(dropout.from(50).apply(ones.narrow(0, 50, 150), 3, 0).toFloats())
                .isEqualTo(Arrays.copyOfRange(first, 50 * 500, first.length));
        assertThat(dropout.from(7).maskOnDevice(ones, 3, 2).toLongs())
                .isEqualTo(dropout.from(7).mask(ones, 3, 2).toLongs());
    }
}
