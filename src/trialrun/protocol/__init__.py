"""What will be done: model, file, draft, regimen, schedule, questions, checks."""
