package dev.lethe.unlearning.training;

import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** A new adapter on the frozen base. */
record TrainableAdapter(TrainingRequest request, Adapter adapter, LanguageModel model) implements TrainableModel {

    static TrainableAdapter begin(TrainingRequest request) {
        Adapter adapter = initial(request).trainable();
        return new TrainableAdapter(request, adapter, new LanguageModel(request.base(), adapter.modules()));
    }

    /** The initial adapter: a function of the request alone. */
    private static Adapter initial(TrainingRequest request) {
        return Adapter.init(
                request.base().config(),
                request.lora().orElseThrow(),
                request.settings().seed(),
                request.base().device(),
                request.baseFolder().toString());
    }

    @Override
    public double dropout() {
        return request.lora().orElseThrow().dropout();
    }

    @Override
    public SortedMap<String, Tensor> parameters() {
        return adapter.parameters();
    }

    @Override
    public SortedMap<String, Double> movement() {
        SortedMap<String, Double> movement = new TreeMap<>();
        try (Adapter before = initial(request)) {
            before.modules().forEach((path, factors) -> {
                movement.merge(
                        "A",
                        TrainableModel.squaredDistance(
                                factors.a(), adapter.modules().get(path).a()),
                        Double::sum);
                movement.merge(
                        "B",
                        TrainableModel.squaredDistance(
                                factors.b(), adapter.modules().get(path).b()),
                        Double::sum);
            });
        }
        movement.replaceAll((_, squared) -> Math.sqrt(squared));
        return movement;
    }

    @Override
    public void save(Path folder) {
        adapter.save(folder, request.baseDigest());
    }

    @Override
    public void close() {
        adapter.close();
    }
}
