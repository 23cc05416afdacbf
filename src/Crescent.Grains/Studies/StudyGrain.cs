using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Studies;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Crescent.Storage.Studies;
using Orleans;
using Orleans.Runtime;

namespace Crescent.Grains.Studies;

/// <summary>The shell around <see cref="StudyPlan"/>. It stores nothing of its own: what it knows is in the rows of the study and of its experiments, so that it can stop anywhere and look again.</summary>
[GrainType("study")]
public sealed class StudyGrain(IStudyStore studies, IExperimentStore experiments, IExperimentRequests requests, IJobQueue jobs, TimeProvider time) : Grain, IStudyGrain
{
    private (int MaxRunning, int? MaxJobs)? limited;

    private string Id => this.GetPrimaryKeyString();

    public async Task ReconcileAsync(CancellationToken cancellation = default)
    {
        var study = await studies.FindAsync(Id, cancellation) ?? throw new CrescentException("study-unknown", $"There is no study '{Id}'.");
        if (limited != (study.MaxRunning, study.MaxJobs))
        {
            await jobs.LimitStudyAsync(Id, study.MaxJobs, cancellation);
            limited = (study.MaxRunning, study.MaxJobs);
        }

        var cells = await studies.CellsAsync(Id, cancellation);
        var decision = StudyPlan.Next(study.Phase, [.. cells.Select(cell => new StudyCellState(cell.ExperimentId, cell.Phase))], study.MaxRunning);
        foreach (var id in decision.Submit)
        {
            await SubmitAsync(cells.First(cell => cell.ExperimentId == id), cancellation);
        }

        foreach (var id in decision.Cancel)
        {
            await requests.AcceptAsync(id, RequestVerbs.Cancel, "{}", new IdempotencyKey($"{Id}/cancel/{id}", Id), cancellation);
            await GrainFactory.GetGrain<IExperimentGrain>(id).ReconcileAsync(cancellation);
        }

        if (decision.Phase != study.Phase)
        {
            await studies.MoveAsync(Id, study.Phase, decision.Phase, cancellation);
        }
    }

    /// <summary>Submits the experiment of a cell; the row may be there already, from a time when this ended half-way.</summary>
    private async Task SubmitAsync(StudyCellRow cell, CancellationToken cancellation)
    {
        if (await experiments.FindAsync(cell.ExperimentId, cancellation) is null)
        {
            var json = await experiments.ReadSpecAsync(cell.SpecHash, cancellation);
            var spec = JobJson.Read<ExperimentSpec>(json);
            await experiments.CreateAsync(
                new ExperimentRow(cell.ExperimentId, spec.Name, spec.Question, cell.SpecHash, Phases.Pending, time.GetUtcNow(), null, null, null, 0, Study: Id), json, key: null, cancellation);
        }

        await GrainFactory.GetGrain<IExperimentGrain>(cell.ExperimentId).StartAsync(cancellation);
    }
}
