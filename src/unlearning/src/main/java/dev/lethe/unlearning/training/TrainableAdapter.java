package dev.lethe.unlearning.training;

import dev.lethe.merge.InvalidInput;
import dev.lethe.unlearning.lora.Adapter;
import dev.lethe.unlearning.lora.LoraSettings;
import dev.lethe.unlearning.model.BaseModel;
import dev.lethe.unlearning.model.LanguageModel;
import dev.lethe.unlearning.tensor.Tensor;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** An adapter on the frozen base: a new one, or one that is trained on. */
record TrainableAdapter(TrainingRequest request, Adapter adapter, LanguageModel model) implements TrainableModel {

    static TrainableAdapter begin(TrainingRequest request) {
        Adapter adapter = initial(request).trainable();
        return new TrainableAdapter(request, adapter, new LanguageModel(request.base(), adapter.modules()));
    }

    /** The initial adapter: a function of the request alone. */
    private static Adapter initial(TrainingRequest request) {
        LoraSettings lora = request.lora().orElseThrow();
        return request.adapter()
                .map(stored -> stored(stored.folder(), lora, request))
                .orElseGet(() -> Adapter.init(
                        request.base().config(),
                        lora,
                        request.settings().seed(),
                        request.base().device(),
                        request.baseFolder().toString()));
    }

    private static Adapter stored(Path folder, LoraSettings lora, TrainingRequest request) {
        BaseModel base = request.base();
        Adapter adapter = Adapter.load(folder, base.config(), base.device(), request.baseDigest());
        adapter.modules().forEach((path, factors) -> {
            int rank = (int) factors.a().shape()[0];
            if (rank != lora.rank() || factors.scale() != lora.scale()) {
                adapter.close();
                throw InvalidInput.at(
                        folder.toString(),
                        path,
                        "rank %d, scale %s".formatted(rank, factors.scale()),
                        "rank %d, scale %s, as lora has".formatted(lora.rank(), lora.scale()));
            }
        });
        return adapter;
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
